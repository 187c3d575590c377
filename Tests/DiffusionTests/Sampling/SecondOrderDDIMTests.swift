// DDIM of second order: DDIM at its first step, second order on Gaussian data, either way.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct SecondOrderDDIMTests {
  private static let solver = SecondOrderDDIM()

  @Test func theFirstStepIsDDIMToTheBit() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 1000)
    for (t, s) in [(1000, 900), (500, 20), (3, 0)] {
      let ddim = DDIMSampler().weights(from: Timestep(t), to: Timestep(s), in: schedule)
      let own = Self.solver.weights(
        from: Timestep(t), to: Timestep(s), after: nil, in: schedule)
      #expect(own.xt == ddim.xtWeight && own.x0 == ddim.x0Weight)
      #expect(own.xtBefore == 0 && own.x0Before == 0)
    }
    let encoder = DDIMEncoder().weights(from: Timestep(3), to: Timestep(70), in: schedule)
    let up = Self.solver.weights(from: Timestep(3), to: Timestep(70), after: nil, in: schedule)
    #expect(up.xt == encoder.xtWeight && up.x0 == encoder.x0Weight)
  }

  /// Where x0 and the noise do not change along the way, the step before changes nothing.
  @Test(arguments: [(900, 700, 500), (700, 900, 1000), (20, 10, 1), (20, 10, 0), (1, 50, 200)])
  func aStraightWayIsFollowedExactly(before: Int, t: Int, s: Int) throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 1000)
    let (x0, noise) = (0.3, -1.2)
    func x(_ t: Int) -> Double {
      let noised = schedule.noised(at: Timestep(t))
      return noised.x0Weight * x0 + noised.noiseWeight * noise
    }
    let weights = Self.solver.weights(
      from: Timestep(t), to: Timestep(s), after: Timestep(before), in: schedule)
    let result =
      weights.xt * x(t) + weights.x0 * x0 + weights.xtBefore * x(before) + weights.x0Before * x0
    #expect(abs(result - x(s)) < 1e-9)
  }

  /// On data N(0, 1/4) the estimate is known, and so is where the equation leads: √(a² V + σ²) times what
  /// x is in standard deviations.
  @Test(arguments: [(990, 10), (10, 990)])
  func halvingTheStepsQuartersTheError(from: Int, to: Int) throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 1000)
    func deviation(_ t: Timestep) -> Double {
      (0.25 * schedule.alphaBar(t) + 1 - schedule.alphaBar(t)).squareRoot()
    }
    func estimate(_ x: Double, _ t: Timestep) -> Double {
      schedule.alphaBar(t).squareRoot() * 0.25 / (deviation(t) * deviation(t)) * x
    }
    func error(_ steps: Int) -> Double {
      let path = (0...steps).map { Timestep(from + (to - from) * $0 / steps) }
      var (x, before): (Double, (t: Timestep, x: Double, x0: Double)?) = (deviation(path[0]), nil)
      for (t, s) in zip(path, path.dropFirst()) {
        let weights = Self.solver.weights(from: t, to: s, after: before?.t, in: schedule)
        let x0 = estimate(x, t)
        let next =
          weights.xt * x + weights.x0 * x0 + weights.xtBefore * (before?.x ?? 0)
          + weights.x0Before * (before?.x0 ?? 0)
        before = (t, x, x0)
        x = next
      }
      return abs(x - deviation(path[steps]))
    }
    let errors = [49, 98, 196].map(error)
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect((3.4...4.6).contains(coarse / fine), "\(errors)")
    }
  }

  /// The sampler walks as its weights say, and encodes without clipping.
  @Test func aWalkFollowsTheWeights() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 100)
    let path = [(t: Timestep(80), s: Timestep(50)), (t: Timestep(50), s: Timestep(90))]
    let source = StoredOutputs([[0.5], [3]])
    let walked = Self.solver.trajectory(
      from: [1], along: path, source, schedule, .sample, .toRange(1))
    let first = Self.solver.weights(from: path[0].t, to: path[0].s, after: nil, in: schedule)
    let x = first.xt + first.x0 * 0.5
    let weights = Self.solver.weights(
      from: path[1].t, to: path[1].s, after: path[0].t, in: schedule)
    let expected = weights.xt * x + weights.x0 * 3 + weights.xtBefore + weights.x0Before * 0.5
    #expect(abs(Double(walked.x[0][0]) - x) < 1e-5)
    #expect(abs(Double(walked.x[1][0]) - expected) < 1e-4 && walked.clipped == 0)
  }

  @Test func noWeightIsInfiniteWhereNothingIsLeftOfTheImage() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 1000).withZeroTerminalSNR()
    for (before, t, s) in [(nil, 1000, 900), (1000, 900, 800), (900, 950, 1000)] {
      let weights = Self.solver.weights(
        from: Timestep(t), to: Timestep(s), after: before.map { Timestep($0) }, in: schedule)
      for weight in [weights.xt, weights.x0, weights.xtBefore, weights.x0Before] {
        #expect(weight.isFinite)
      }
    }
  }
}
