import Diffusion
import TestSupport
import Testing

@Test(
  .needsFixtures,
  arguments: [
    ("linear", BetaSchedule.linear), ("scaled_linear", .quadratic), ("cosine", .cosine),
    ("sigmoid", .sigmoid),
  ])
func tablesMatchDiffusers(name: String, shape: BetaSchedule) throws {
  let tables = try SafetensorsReader(Fixtures.url("sched/tables.safetensors"))
  let betas = try tables["\(name).betas"].values
  let alphaBars = try tables["\(name).alphas_cumprod"].values
  let schedule = try NoiseSchedule(
    shape, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: .diffusers)
  #expect(betas.count == 1000 && alphaBars.count == 1000)
  // PyTorch's vectorized exponential is its own: the sigmoid may differ in the last places.
  let ulps: Float = name == "sigmoid" ? 4 : 0
  for t in schedule.timesteps {
    let (beta, alphaBar) = (Float(betas[t.index]), Float(alphaBars[t.index]))
    #expect(abs(Float(schedule.beta(t)) - beta) <= ulps * beta.ulp, "beta of \(t)")
    #expect(abs(Float(schedule.alphaBar(t)) - alphaBar) <= ulps * alphaBar.ulp, "alphaBar of \(t)")
  }
}

@Test func givenBetasAreRoundedToSinglePrecision() throws {
  let schedule = try NoiseSchedule(betas: [0.1, 0.2, 0.3], tabulation: .diffusers)
  #expect(schedule.beta(Timestep(2)) == Double(Float(0.2)))
  #expect(schedule.alphaBar(Timestep(1)) == Double(1 - Float(0.1)))
}
