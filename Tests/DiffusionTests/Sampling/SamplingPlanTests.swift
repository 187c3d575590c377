// Plans: which timesteps are visited with a model, and which plans are refused.

import Diffusion
import Testing

private func path(
  _ plan: SamplingPlan, _ change: (inout SamplingDefaults) -> Void = { _ in }
) throws -> [Int] {
  var defaults = SamplingDefaults()
  change(&defaults)
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  return try plan.path(in: schedule, defaults).map(\.value)
}

@Test func aPathLeadsFromTheNoisiestTimestepToData() throws {
  let visited = try path(.ddpm(steps: 13))
  #expect(visited.count == 14 && visited.first == 1000 && visited.last == 0)
  // 1000 is not a multiple of 13: diffusers' DDIM would go to 923 here, where it never arrives.
  #expect(visited[1] == 923)
}

@Test func withoutANumberOfStepsEveryTimestepIsVisited() throws {
  #expect(try path(.ddpm()) == (0...1000).reversed())
}

@Test func theModelsPipelineDecidesWhatThePlanLeavesOpen() throws {
  let leading = try path(.ddim(steps: 10)) { ($0.spacing, $0.stepsOffset) = (.leading, 1) }
  #expect(leading == [902, 802, 702, 602, 502, 402, 302, 202, 102, 2, 0])
  let own = try path(.ddim(steps: 10, spacing: .trailing)) {
    ($0.spacing, $0.stepsOffset) = (.leading, 1)
  }
  #expect(own == [1000, 900, 800, 700, 600, 500, 400, 300, 200, 100, 0])
}

@Test func theOffsetBelongsToLeadingSpacingWhoeverAsksForIt() throws {
  let own = try path(.ddim(steps: 4, spacing: .leading)) {
    ($0.spacing, $0.stepsOffset) = (.leading, 1)
  }
  #expect(own == [752, 502, 252, 2, 0])
}

/// `numpy.linspace(0, 999, S + 1).round()[::-1][:-1]` and its like for leading spacing.
@Test func aMultistepSolversGridIsThatOfOneStepMore() throws {
  for sampler in [DefaultSampler.dpmSolver(.second), .uniPC] {
    let linspace = try path(SamplingPlan(UniPCSampler(), steps: 4)) {
      ($0.sampler, $0.spacing) = (sampler, .linspace)
    }
    #expect(linspace == [1000, 750, 501, 251, 0])
    let leading = try path(SamplingPlan(UniPCSampler(), steps: 4)) {
      ($0.sampler, $0.spacing, $0.stepsOffset) = (sampler, .leading, 1)
    }
    #expect(leading == [802, 602, 402, 202, 0])
    let trailing = try path(SamplingPlan(UniPCSampler(), steps: 4)) { $0.sampler = sampler }
    #expect(trailing == [1000, 750, 500, 250, 0])
    let all = try path(SamplingPlan(UniPCSampler(), steps: 1000)) {
      ($0.sampler, $0.spacing) = (sampler, .linspace)
    }
    #expect(all == (0...1000).reversed())
  }
  let asked = try path(SamplingPlan(UniPCSampler(), steps: 4, spacing: .linspace)) {
    ($0.sampler, $0.spacing) = (.uniPC, .linspace)
  }
  #expect(asked == [1000, 667, 334, 1, 0])
  let single = try path(SamplingPlan(HeunSampler(), steps: 4)) {
    ($0.sampler, $0.spacing) = (.heun, .linspace)
  }
  #expect(single == asked)
}

/// diffusers' `set_alpha_to_one: false`, a setting of its DDIM scheduler alone.
@Test func onlyDDIMEndsAtTheFirstTimestep() throws {
  for plan in [SamplingPlan.ddpm(steps: 4), SamplingPlan(DPMSolverMultistep(), steps: 4)] {
    #expect(try path(plan) { $0.end = Timestep(1) } == [1000, 750, 500, 250, 0])
  }
}

/// diffusers' `set_alpha_to_one: false`.
@Test func aWalkMayEndAtTheFirstTimestep() throws {
  #expect(try path(.ddim(steps: 4)) { $0.end = Timestep(1) } == [1000, 750, 500, 250, 1])
  let leading = try path(.ddim(steps: 4, spacing: .leading)) { $0.end = Timestep(1) }
  #expect(leading == [751, 501, 251, 1])
}

@Test(arguments: [StepSpacing.leading, .uniform, .linspace])
func aSingleStepFromTheFirstTimestepIsRefused(spacing: StepSpacing) throws {
  let error = #expect(throws: SamplingError.self) { try path(.ddim(steps: 1, spacing: spacing)) }
  #expect(error == .reachesNoNoise(Timestep(1), spacing))
  #expect(error?.description.contains("trailing") == true)
}

@Test(arguments: [StepSpacing.trailing, .quadratic])
func aSingleStepFromTheLastTimestepDraws(spacing: StepSpacing) throws {
  #expect(try path(.ddim(steps: 1, spacing: spacing)) == [1000, 0])
}

@Test(arguments: [
  (SamplingPlan.ddim(eta: .value(1.5)), SamplingError.eta(1.5)),
  (.ddim(steps: 1001), .steps(1001, of: 1000)),
  (
    SamplingPlan(DPMSolverMultistep(order: .third), steps: 2),
    .fewSteps(2, least: 3, of: "DPM-Solver++(3M)")
  ),
  (SamplingPlan(HeunSampler(), steps: 1), .fewSteps(1, least: 2, of: "Heun")),
  (SamplingPlan(UniPCSampler(), steps: 1), .fewSteps(1, least: 2, of: "UniPC")),
  (
    SamplingPlan(DDIMSampler(), along: [Timestep(1001), .zero]),
    .timestep(Timestep(1001), of: Timestep(1000))
  ),
])
func impossiblePlansAreRefused(plan: SamplingPlan, expected: SamplingError) {
  #expect(throws: expected) { try path(plan) }
}

@Test func anOffsetBeyondTheProcessIsRefused() {
  #expect(throws: SamplingError.offset(2, steps: 1000, of: 1000)) {
    try path(.ddim(steps: 1000)) { ($0.spacing, $0.stepsOffset) = (.leading, 2) }
  }
}

@Test func stepsThatLeadNowhereAreRefused() {
  for (path, error) in [
    ([7, 5, 5, 0], .noStep(at: Timestep(5))),
    ([1001, 0], .timestep(Timestep(1001), of: Timestep(1000))),
  ] as [([Int], SamplingError)] {
    let plan = SamplingPlan(DDIMSampler(), along: path.map { Timestep($0) })
    #expect(throws: error) { try plan.path(in: NoiseSchedule(.linear, timesteps: 1000), .init()) }
  }
}
