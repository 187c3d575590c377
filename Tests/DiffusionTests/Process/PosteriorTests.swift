import Diffusion
import Foundation
import Testing

/// Every t with its neighbour, and steps over gaps.
private func steps(_ schedule: NoiseSchedule) -> [(t: Timestep, s: Timestep)] {
  schedule.timesteps.flatMap { t in
    [1, 2, 7, 100, t.value].filter { $0 <= t.value }.map { (t, t.advanced(by: -$0)) }
  }
}

@Test(arguments: NoiseScheduleFamily.allCases)
func posteriorVarianceIsZeroAtTheFirstStep(family: NoiseScheduleFamily) throws {
  let schedule = try NoiseSchedule(family, timesteps: 100)
  #expect(schedule.posteriorVariance(Timestep(1)) == 0)
}

@Test(arguments: NoiseScheduleFamily.allCases)
func thePosteriorEndsAtTheImage(family: NoiseScheduleFamily) throws {
  let schedule = try NoiseSchedule(family, timesteps: 100)
  for t in schedule.timesteps {
    let posterior = schedule.posterior(from: t, to: .zero)
    #expect(posterior.x0 == 1 && posterior.xt == 0 && posterior.variance(.small) == 0)
  }
}

@Test(arguments: NoiseScheduleFamily.allCases)
func theLargeVarianceIsBetaBetweenNeighbours(family: NoiseScheduleFamily) throws {
  let schedule = try NoiseSchedule(family, timesteps: 1000)
  for t in schedule.timesteps {
    let large = schedule.posterior(from: t, to: t.advanced(by: -1)).variance(.large)
    // alphaBar carries a rounding of 1e-16, beta is at least 4e-5.
    #expect(abs(large / schedule.beta(t) - 1) < 5e-12)
  }
}

/// Bayes' rule: with x_t drawn from its closed form, the posterior must reproduce that of x_s.
@Test(arguments: NoiseScheduleFamily.allCases)
func thePosteriorKeepsTheMarginals(family: NoiseScheduleFamily) throws {
  let schedule = try NoiseSchedule(family, timesteps: 1000)
  for (t, s) in steps(schedule) {
    let posterior = schedule.posterior(from: t, to: s)
    let (xt, xs) = (schedule.noised(at: t), schedule.noised(at: s))
    let spread = posterior.xt * xt.noise
    #expect(abs(posterior.x0 + posterior.xt * xt.x0 - xs.x0) < 1e-12)
    #expect(
      abs(spread * spread + posterior.variance(.small) - xs.noise * xs.noise) < 1e-12)
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
