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

  /// Ends of one length, at no right angle.
  @Test func anglesAreEven() {
    let way = rows([2, 0, 0, 1, 3.0.squareRoot(), 0].map { Float($0) }, columns: 6)
    for (place, image) in way.enumerated() {
      let angle = Double(place) / 5 * .pi / 3
      for (value, truth) in zip(image, [2 * cos(angle), 2 * sin(angle), 0]) {
        #expect(abs(Double(value) - truth) < 1e-6)
      }
    }
  }

  /// θ is the angle between the ends, whatever their lengths.
  @Test func endsOfDifferentLengthFollowEquation67() {
    let (from, to): ([Double], [Double]) = ([1, 2, -1], [0.5, -1, 3])
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map(*).reduce(0, +) }
    let theta = acos(dot(from, to) / (dot(from, from) * dot(to, to)).squareRoot())
    for (place, image) in rows((from + to).map { Float($0) }, columns: 6).enumerated() {
      let share = Double(place) / 5
      let weights = (sin((1 - share) * theta) / sin(theta), sin(share * theta) / sin(theta))
      for i in 0..<3 {
        let truth = weights.0 * from[i] + weights.1 * to[i]
        #expect(abs(Double(image[i]) - truth) < 1e-6)
      }
    }
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
