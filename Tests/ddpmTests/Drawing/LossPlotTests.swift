// The picture of the losses: curves are drawn where their numbers are, in their colours.

import Diffusion
import Testing
import ddpm

@Suite struct LossPlotTests {
  private typealias Point = LossCurves.Point

  private static let heldOut: [UInt8] = [217, 95, 20]
  private static let training: [UInt8] = [31, 100, 173]
  private static let batches: [UInt8] = [178, 205, 235]

  /// The places of the pixels of a colour below the legend.
  private func places(_ colour: [UInt8], in picture: Picture) -> [(x: Int, y: Int)] {
    let (width, top) = (picture.width, 116)
    return (top * width..<picture.height * width).filter {
      picture.pixels[3 * $0] == colour[0] && picture.pixels[3 * $0 + 1] == colour[1]
        && picture.pixels[3 * $0 + 2] == colour[2]
    }.map { ($0 % width, $0 / width) }
  }

  /// A loss that falls from 1 to 0.01 as a straight line on a logarithmic axis.
  @Test func aCurveGoesFromItsFirstToItsLastPoint() throws {
    let points = [Point(step: 0, loss: 1), Point(step: 1000, loss: 0.01)]
    let picture = LossPlot(LossCurves(heldOut: points)).draw(title: "t")
    #expect((picture.width, picture.height) == (1200, 700))
    let curve = places(Self.heldOut, in: picture)
    let (first, last) = (try #require(curve.min { $0.x < $1.x }), curve.max { $0.x < $1.x })
    // The axes are 1068 wide and 500 high, with a margin of a 22nd above and below the curve.
    #expect(abs(first.x - 96) < 6 && abs((last?.x ?? 0) - 1164) < 6)
    let (top, bottom) = (116.0 + 500 / 22, 616.0 - 500 / 22)
    for (x, y) in curve where x > 110 && x < 1150 {
      let line = top + (bottom - top) * Double(x - 96) / 1068
      #expect(abs(Double(y) - line) < 4)
    }
  }

  @Test func everyCurveHasItsColour() {
    let curves = LossCurves(
      training: (1...40).map { Point(step: $0 * 10, loss: $0 % 2 == 0 ? 0.5 : 0.7) },
      heldOut: [Point(step: 100, loss: 0.55), Point(step: 400, loss: 0.52)])
    let picture = LossPlot(curves).draw(title: "t")
    for colour in [Self.heldOut, Self.training, Self.batches] {
      #expect(places(colour, in: picture).count > 300)
    }
    let without = LossPlot(LossCurves(training: curves.training)).draw(title: "t")
    #expect(places(Self.heldOut, in: without).isEmpty)
  }

  @Test(arguments: [0, 1, 2]) func fewPointsAreNoTrouble(count: Int) {
    let points = (0..<count).map { Point(step: 10 * $0 + 10, loss: 0.4) }
    let picture = LossPlot(LossCurves(training: points, heldOut: points)).draw(title: "t")
    #expect(places(Self.heldOut, in: picture).isEmpty == (count == 0))
  }

  @Test func aLongTitleLosesItsBeginning() {
    func draw(_ title: String) -> Picture { LossPlot(LossCurves()).draw(title: title) }
    let end = String(repeating: "x", count: 60)
    #expect(draw("/a/b" + end) == draw("/c/d" + end))
    #expect(draw("short") != draw("sh0rt"))
  }
}
