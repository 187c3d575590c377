import Diffusion
import Testing

private func plan(_ sampler: Sampler, _ clipping: Clipping) throws -> SamplingPlan {
  try SamplingPlan(
    steps: 13, spacing: .trailing, sampler: sampler,
    schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .noise, clipping: clipping)
}

@Test func everyStepStartsWhereTheOneBeforeEnds() throws {
  let steps = try plan(.ddpm(.small), .none).steps
  #expect(steps.count == 13)
  #expect(steps.first?.timestep == Timestep(1000))
  #expect(steps.last?.previous == .zero)
  // 1000 is not a multiple of 13: diffusers' DDIM would go to 923 here, where it never arrives.
  #expect(steps[1].timestep == Timestep(923))
  #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.previous == $1.timestep })
}

@Test(arguments: [
  (Sampler.ddim(.value(1.5)), Clipping.none, SamplingError.eta(1.5)),
  (.ddim(.value(-0.1)), .none, .eta(-0.1)),
  (.ddpm(.small), .toRange(0), .clipping(0)),
])
func impossiblePlansAreRefused(sampler: Sampler, clipping: Clipping, expected: SamplingError) {
  #expect(throws: expected) { try plan(sampler, clipping) }
}

@Test func notANumberIsNoEta() {
  #expect(throws: SamplingError.self) { try plan(.ddim(.value(.nan)), .none) }
  #expect(throws: SamplingError.self) { try plan(.ddpm(.large), .toRange(.nan)) }
}
