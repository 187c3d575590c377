// Ways between two noises: their ends, their angles, and what has no angle.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct GreatCircleTests {
  private static let size = ImageSize(height: 1, width: 3, channels: 1)

  private func rows(_ values: [Float], columns: Int) -> [[Float]] {
    let images = Images(size: Self.size, values: values).greatCircles(columns: columns)
    return (0..<images.count).map { Array(images.values[3 * $0..<3 * $0 + 3]) }
  }

  /// Perpendicular ends of length 2: half-way both weigh sin 45°, and the length stays 2.
  @Test func aQuarterTurnKeepsTheLength() {
    let way = rows([2, 0, 0, 0, 2, 0], columns: 5)
    for (place, image) in way.enumerated() {
      let angle = Double(place) / 4 * .pi / 2
      for (value, truth) in zip(image, [2 * cos(angle), 2 * sin(angle), 0]) {
        #expect(abs(Double(value) - truth) < 1e-6)
      }
    }
  }

  @Test func theEndsAreTheImagesToTheBit() {
    let ends: [Float] = [0.3, -1.7, 0.9, 2.1, 0.2, -0.4, 1, 2, 3, -3, 1, 0.5]
    let way = rows(ends, columns: 4)
    #expect(way.count == 8)
    #expect([way[0], way[3], way[4], way[7]].flatMap(\.self) == ends)
  }

  @Test func anglesAreEven() {
    let way = rows([1, 2, -1, 0.5, -1, 3], columns: 6).map { $0.map(Double.init) }
    func angle(_ a: [Double], _ b: [Double]) -> Double {
      func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map(*).reduce(0, +) }
      return acos(dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot())
    }
    // Of one length they would be even exactly; here both ends are scaled to it first.
    let unit = way.map { image in
      let length = image.map { $0 * $0 }.reduce(0, +).squareRoot()
      return image.map { $0 / length }
    }
    let whole = angle(unit[0], unit[5])
    let parts = zip(unit, unit.dropFirst()).map(angle)
    #expect(abs(parts.reduce(0, +) - whole) < 1e-6, "the way stays in the plane of its ends")
  }

  @Test(
    arguments: [
      ([1, 2, 3, 1, 2, 3], [1, 2, 3]), ([1, 2, 3, 2, 4, 6], [1.5, 3, 4.5]),
      ([1, 2, 3, -1, -2, -3], [0, 0, 0]), ([0, 0, 0, 2, 4, 6], [1, 2, 3]),
    ] as [([Float], [Float])])
  func endsWithoutAnAngleAreJoinedByALine(ends: [Float], middle: [Float]) {
    let way = rows(ends, columns: 3)
    #expect(way.allSatisfy { $0.allSatisfy { $0.isFinite } })
    #expect(way[1] == middle)
  }

  @Test func anOddImageIsLeftOut() {
    #expect(rows([1, 0, 0, 0, 1, 0, 0, 0, 1], columns: 2).count == 2)
    #expect(rows([1, 0, 0], columns: 2).isEmpty)
  }

  @Test func theNoiseOfASeedIsWhatSamplingStartsFrom() throws {
    let model = try SmallTraining.trainer().snapshot()
    let nothing = SamplingPlan(DDIMSampler(), along: [])
    var options = SamplingOptions(threads: 2)
    options.seed = 9
    #expect(try model.noise(7, seed: 9) == model.sample(7, nothing, options).images)
    #expect(model.noise(7, seed: 9).prefix(3) == model.noise(3, seed: 9))
    #expect(model.noise(2, seed: 8) != model.noise(2, seed: 9))
  }
}
