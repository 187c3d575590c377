// A pen's stroke against a count of the points that it covers.

import Numerics
import Testing

struct PenStrokeTests {
  static let (width, height) = (17, 13)

  /// Draws `path` alone on a black image.
  static func drawn(_ path: [PenPoint], softness: Float = 1) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: width * height)
    PenStroke.draw(path, softness: softness, width: width, height: height, image: 0, of: &pixels)
    return pixels
  }

  /// The share of a pixel that the pen covers, from 16 x 16 points in the pixel.
  static func coverage(of path: [PenPoint], column: Int, row: Int) -> Double {
    let places = 16
    var inside = 0
    for place in 0..<places * places {
      let x = Double(column) - 0.5 + (Double(place % places) + 0.5) / Double(places)
      let y = Double(row) - 0.5 + (Double(place / places) + 0.5) / Double(places)
      let covered = zip(path, path.dropFirst()).contains { a, b in
        let (dx, dy) = (Double(b.x - a.x), Double(b.y - a.y))
        let (px, py) = (x - Double(a.x), y - Double(a.y))
        let along = min(max((px * dx + py * dy) / (dx * dx + dy * dy), 0), 1)
        let (ex, ey) = (px - along * dx, py - along * dy)
        let radius = Double(a.radius) + along * Double(b.radius - a.radius)
        return ex * ex + ey * ey < radius * radius
      }
      inside += covered ? 1 : 0
    }
    return Double(inside) / Double(places * places)
  }

  static let paths: [[PenPoint]] = [
    [PenPoint(x: 3, y: 6, radius: 2), PenPoint(x: 12.3, y: 6.4, radius: 2)],
    [PenPoint(x: 4, y: 2, radius: 1.5), PenPoint(x: 11, y: 9, radius: 1.5)],
    [PenPoint(x: 12.5, y: 2.25, radius: 1.2), PenPoint(x: 5.5, y: 10.75, radius: 2.4)],
    [PenPoint(x: 8, y: -3, radius: 2), PenPoint(x: 20, y: 8, radius: 3)],
    [
      PenPoint(x: 2, y: 7, radius: 1.5), PenPoint(x: 7, y: 6, radius: 2),
      PenPoint(x: 14, y: 7, radius: 1.5),
    ],
  ]

  // At a 45° edge half a pixel away, a corner of (√2 − 1)² / 4 = 0.043 is uncovered, which the
  // distance does not account for; round ends and bends add a little.
  @Test(arguments: paths)
  func inkIsTheShareOfThePixelThatThePenCovers(path: [PenPoint]) {
    let pixels = Self.drawn(path)
    #expect(pixels.contains(255))
    var worst = 0.0
    for pixel in pixels.indices {
      let exact = Self.coverage(of: path, column: pixel % Self.width, row: pixel / Self.width)
      worst = max(worst, abs(Double(pixels[pixel]) / 255 - exact))
    }
    #expect(worst < 0.065)
  }

  static let profiles: [(Float, [UInt8])] = [
    (1, [255, 255, 128, 0, 0, 0]), (4, [255, 191, 128, 64, 0, 0]),
  ]

  @Test(arguments: profiles)
  func edgeFallsOffLinearlyOverTheSoftness(softness: Float, profile: [UInt8]) {
    // A vertical pen whose edge runs through the centres of column 10.
    let pixels = Self.drawn(
      [PenPoint(x: 8, y: -9, radius: 2), PenPoint(x: 8, y: 22, radius: 2)], softness: softness)
    for row in 0..<Self.height {
      #expect(Array(pixels[row * Self.width + 8..<row * Self.width + 14]) == profile)
    }
  }

  @Test func aSinglePointIsADotAndNoPointIsNothing() {
    let dot = Self.drawn([PenPoint(x: 5, y: 4, radius: 0.5)])
    #expect(dot[4 * Self.width + 5] == 255)
    #expect(dot.reduce(0) { $0 + Int($1) } == 255)
    #expect(Self.drawn([]).allSatisfy { $0 == 0 })
  }

  @Test func inkOverInkDoesNotAddUp() {
    let path = [PenPoint(x: 3, y: 2, radius: 1), PenPoint(x: 13, y: 9, radius: 1)]
    #expect(Self.drawn(path).contains { (1...254).contains($0) })
    #expect(Self.drawn(path + path.reversed() + path) == Self.drawn(path))
  }

  @Test func onlyTheNamedImageIsDrawnOn() {
    let size = Self.width * Self.height
    var pixels = [UInt8](repeating: 7, count: 3 * size)
    PenStroke.draw(
      [PenPoint(x: -50, y: -50, radius: 30), PenPoint(x: 90, y: 90, radius: 30)],
      softness: 1, width: Self.width, height: Self.height, image: 1, of: &pixels)
    #expect(pixels[..<size].allSatisfy { $0 == 7 })
    #expect(pixels[size..<2 * size].allSatisfy { $0 == 255 })
    #expect(pixels[(2 * size)...].allSatisfy { $0 == 7 })
  }
}
