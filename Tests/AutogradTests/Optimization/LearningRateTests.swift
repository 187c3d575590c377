// The learning rate against diffusers' schedule and at its ends.

import Autograd
import Foundation
import TestSupport
import Testing

@Suite struct LearningRateTests {
  private struct Curve: Decodable {
    let lr: Double
    let warmup: Int
    let total: Int
    let lrAtStep: [String: [Double]]
  }

  /// Rates are about 1e-4; the formulas differ by nothing but rounding in the last digits.
  @Test(.needsFixtures) func theCurveIsDiffusersCosineWithWarmup() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let curve = try decoder.decode(
      Curve.self, from: Data(contentsOf: Fixtures.url("sched/lr.json")))
    let expected = try #require(curve.lrAtStep["cosine"])
    #expect(expected.count == curve.total)
    let rate = LearningRate(peak: curve.lr, warmup: curve.warmup, total: curve.total)
    for (step, value) in expected.enumerated() {
      #expect(abs(rate(step) - value) <= 1e-15, "step \(step)")
    }
  }

  @Test func withoutWarmupTheFirstStepIsThePeak() {
    #expect(LearningRate(peak: 3, warmup: 0, total: 5)(0) == 3)
  }

  /// A training that outlasts what was planned, or is all warm-up, must not divide by zero.
  @Test(arguments: [(warmup: 0, total: 0), (5, 5), (9, 5), (0, 1)])
  func noStepHasARateOutsideTheRange(warmup: Int, total: Int) {
    let rate = LearningRate(peak: 2, warmup: warmup, total: total)
    for step in 0..<20 { #expect((0...2).contains(rate(step)), "step \(step)") }
  }
}
