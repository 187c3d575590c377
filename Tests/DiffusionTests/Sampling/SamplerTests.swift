import Diffusion
import Testing

/// Neighbours, and respacings down to a single step.
private func grids(_ schedule: NoiseSchedule) throws -> [[Timestep]] {
  try [1, 2, 13, 50, 1000].map { try StepSpacing.trailing.timesteps($0, of: schedule.last) }
    + [StepSpacing.quadratic.timesteps(31, of: schedule.last)]
}

/// The steps of two samplers along every grid of every family, side by side.
private func pairs(
  _ one: Sampler, _ other: Sampler, _ family: NoiseScheduleFamily
) throws -> [(ReverseStep, ReverseStep)] {
  let schedule = try NoiseSchedule(family, timesteps: 1000)
  let plan = { (sampler: Sampler, grid: [Timestep]) in
    try SamplingPlan(
      along: grid, sampler: sampler, schedule: schedule, prediction: .noise,
      clipping: .toRange(1)
    ).steps
  }
  return try grids(schedule).flatMap { try zip(plan(one, $0), plan(other, $0)) }
}

@Test(
  arguments: [
    (Sampler.ddim(.value(1)), Sampler.ddpm(.small)), (.ddim(.hat), .ddpm(.large)),
  ], NoiseScheduleFamily.allCases)
func theLargestEtasAreDDPM(samplers: (Sampler, Sampler), family: NoiseScheduleFamily) throws {
  let steps = try pairs(samplers.0, samplers.1, family)
  #expect(steps.count == 1 + 2 + 13 + 50 + 1000 + 31)
  for (ddim, ddpm) in steps {
    #expect(abs(ddim.xt - ddpm.xt) < 1e-12, "x_t at \(ddim.timestep)")
    #expect(abs(ddim.x0 - ddpm.x0) < 1e-12, "x0 at \(ddim.timestep)")
    #expect(abs(ddim.sigma - ddpm.sigma) < 1e-12, "sigma at \(ddim.timestep)")
    #expect(ddim.estimate == ddpm.estimate)
  }
}

@Test(arguments: [
  Sampler.ddpm(.small), .ddpm(.large), .ddim(.value(0)), .ddim(.value(0.5)), .ddim(.hat),
])
func theLastStepIsTheEstimateWithoutNoise(sampler: Sampler) throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  for grid in try grids(schedule) {
    let plan = try SamplingPlan(
      along: grid, sampler: sampler, schedule: schedule, prediction: .velocity, clipping: .none)
    let last = try #require(plan.steps.last)
    #expect(last.previous == .zero && last.sigma == 0 && last.xt == 0)
    #expect(abs(last.x0 - 1) < 1e-15)
    #expect(plan.steps.dropLast().allSatisfy { ($0.sigma == 0) == (sampler == .ddim(.value(0))) })
  }
}

@Test func etaScalesTheNoise() throws {
  for (half, whole) in try pairs(.ddim(.value(0.5)), .ddim(.value(1)), .cosine) {
    #expect(abs(half.sigma - whole.sigma / 2) < 1e-15)
  }
}

/// Given the true image, every member of the family keeps the marginals of the forward process:
/// DDIM's Lemma 1, and why one network serves them all.
@Test(
  arguments: [
    Sampler.ddim(.value(0)), .ddim(.value(0.3)), .ddim(.value(1)), .ddpm(.small),
  ], NoiseScheduleFamily.allCases)
func aStepKeepsTheMarginals(sampler: Sampler, family: NoiseScheduleFamily) throws {
  let schedule = try NoiseSchedule(family, timesteps: 1000)
  for (step, _) in try pairs(sampler, sampler, family) {
    let (xt, xs) = (schedule.noised(at: step.timestep), schedule.noised(at: step.previous))
    let spread = step.xt * xt.noise
    #expect(abs(step.x0 + step.xt * xt.x0 - xs.x0) < 1e-12)
    #expect(abs(spread * spread + step.sigma * step.sigma - xs.noise * xs.noise) < 1e-12)
  }
}
