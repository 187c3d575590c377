import Diffusion
import Foundation
import Testing

/// Every t with its neighbour, and steps over gaps.
private func steps(_ schedule: NoiseSchedule) -> [(t: Timestep, s: Timestep)] {
  schedule.timesteps.flatMap { t in
    [1, 2, 7, 100, t.value].filter { $0 <= t.value }.map { (t, t.advanced(by: -$0)) }
  }
}

@Test(arguments: BetaSchedule.allCases)
func posteriorVarianceIsZeroAtTheFirstStep(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 100)
  #expect(schedule.posteriorVariance(Timestep(1)) == 0)
}

@Test(arguments: BetaSchedule.allCases)
func thePosteriorEndsAtTheImage(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 100)
  for t in schedule.timesteps {
    let posterior = schedule.posterior(from: t, to: .zero)
    #expect(posterior.x0Weight == 1 && posterior.xtWeight == 0 && posterior.variance(.small) == 0)
  }
}

@Test(arguments: BetaSchedule.allCases)
func theLargeVarianceIsBetaBetweenNeighbours(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  for t in schedule.timesteps {
    let large = schedule.posterior(from: t, to: t.advanced(by: -1)).variance(.large)
    // alphaBar carries a rounding of 1e-16, beta is at least 4e-5.
    #expect(abs(large / schedule.beta(t) - 1) < 5e-12)
  }
}

/// Bayes' rule: with x_t drawn from its closed form, the posterior must reproduce that of x_s.
@Test(arguments: BetaSchedule.allCases)
func thePosteriorKeepsTheMarginals(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  for (t, s) in steps(schedule) {
    let posterior = schedule.posterior(from: t, to: s)
    let (xt, xs) = (schedule.noised(at: t), schedule.noised(at: s))
    let spread = posterior.xtWeight * xt.noiseWeight
    #expect(abs(posterior.x0Weight + posterior.xtWeight * xt.x0Weight - xs.x0Weight) < 1e-12)
    #expect(
      abs(spread * spread + posterior.variance(.small) - xs.noiseWeight * xs.noiseWeight) < 1e-12)
  }
}

@Test func theSmallVarianceIsTheSmallerOne() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  for (t, s) in steps(schedule) {
    let posterior = schedule.posterior(from: t, to: s)
    #expect(posterior.variance(.small) < posterior.variance(.large))
  }
}

@Test func theDecoderTakesTheSecondStepsVariance() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  #expect(abs(schedule.decoderVariance.squareRoot() - 0.00738) < 5e-6)
}
