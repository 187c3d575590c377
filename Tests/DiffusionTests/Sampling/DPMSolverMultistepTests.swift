// DPM-Solver++ by its weights: the paper's numbers, DDIM as its first order, a quadratic solved exactly.

import Diffusion
import Foundation
import Testing

/// Neighbours of a grid of ten steps (NumPy, double precision).
@Test func theWeightsOf2MAreThePapers() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  let weights = DPMSolverMultistep().weights(
    from: Timestep(900), to: Timestep(800), after: [Timestep(1000)], in: schedule)
  #expect(abs(weights.xt - 0.999371187) < 1e-9)
  #expect(abs(weights.x0 - 0.032658581) < 1e-9)
  #expect(abs(weights.before[0] + 0.010095565) < 1e-9)
}

@Test(arguments: BetaSchedule.allCases)
func theFirstOrderIsDDIMToTheBit(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  let path = try StepSpacing.trailing.timesteps(10, of: schedule) + [.zero]
  for (t, s) in zip(path, path.dropFirst()) {
    let ddim = DDIMSampler().weights(from: t, to: s, in: schedule)
    for order in DPMSolverMultistep.Order.allCases {
      let first = DPMSolverMultistep(order: order).weights(from: t, to: s, after: [], in: schedule)
      #expect(first.xt == ddim.xtWeight && first.x0 == ddim.x0Weight && first.before.isEmpty)
    }
  }
  let last = DPMSolverMultistep().weights(
    from: path[9], to: .zero, after: [path[8], path[7]], in: schedule)
  #expect(last.xt == 0 && last.x0 == 1 && last.before == [0, 0])
}

/// An estimate of x0 that is a quadratic in λ is integrated exactly by the third order, and one that
/// does not change by every order.
@Test func theThirdOrderIsExactForQuadratics() throws {
  let schedule = try NoiseSchedule(.cosine, timesteps: 1000)
  let times = [900, 740, 650, 400].map { Timestep($0) }
  let (t, s) = (times[2], times[3])
  let lambdas = times.map(schedule.logSNR)
  let weights = DPMSolverMultistep(order: .third).weights(
    from: t, to: s, after: [times[1], times[0]], in: schedule)
  #expect(
    abs(
      weights.x0 + weights.before[0] + weights.before[1]
        - DDIMSampler().weights(from: t, to: s, in: schedule).x0Weight) < 1e-14)
  func x0(_ lambda: Double) -> Double { 0.3 + 0.7 * lambda - 0.2 * lambda * lambda }
  // √ᾱ_s ∫ e^(λ - λ_s) x̂0 dλ by Simpson's rule.
  let (parts, h) = (2000, lambdas[3] - lambdas[2])
  let integral = (0...parts).reduce(0.0) { sum, i in
    let lambda = lambdas[2] + h * Double(i) / Double(parts)
    let factor = i == 0 || i == parts ? 1.0 : i % 2 == 1 ? 4 : 2
    return sum + factor * exp(lambda - lambdas[3]) * x0(lambda)
  }
  let exact = schedule.alphaBar(s).squareRoot() * integral * h / Double(parts) / 3
  let found =
    weights.x0 * x0(lambdas[2]) + weights.before[0] * x0(lambdas[1])
    + weights.before[1] * x0(lambdas[0])
  #expect(abs(found - exact) < 1e-11)
}
