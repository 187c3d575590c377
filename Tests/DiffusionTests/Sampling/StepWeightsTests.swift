// The tables of DDPM and DDIM: identities between their steps' weights.

import Diffusion
import Testing

/// Paths from T to data: all neighbours, and respacings down to a single step.
private func paths(_ schedule: NoiseSchedule) throws -> [[Timestep]] {
  let grids =
    try [1, 2, 13, 50, 1000].map { try StepSpacing.trailing.timesteps($0, of: schedule) }
    + [StepSpacing.quadratic.timesteps(31, of: schedule)]
  return grids.map { $0 + [.zero] }
}

/// A sampler by its weights.
private struct Table: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let weights: @Sendable (Timestep, Timestep, NoiseSchedule) -> StepWeights

  static func ddpm(_ variance: ReverseVariance) -> Table {
    let sampler = DDPMSampler(variance: variance)
    return Table(testDescription: sampler.name) { sampler.weights(from: $0, to: $1, in: $2) }
  }

  static func ddim(_ eta: Eta) -> Table {
    let sampler = DDIMSampler(eta: eta)
    return Table(testDescription: "DDIM \(eta)") { sampler.weights(from: $0, to: $1, in: $2) }
  }

  /// The weights of every step of every path, with the timesteps they lead between.
  func steps(
    _ schedule: NoiseSchedule
  ) throws -> [(t: Timestep, s: Timestep, weights: StepWeights)] {
    try paths(schedule).flatMap { path in
      zip(path, path.dropFirst()).map { t, s in (t, s, weights(t, s, schedule)) }
    }
  }
}

@Test(
  arguments: [
    (Table.ddim(.value(1)), Table.ddpm(.small)), (.ddim(.hat), .ddpm(.large)),
  ], BetaSchedule.allCases)
private func theLargestEtasAreDDPM(tables: (Table, Table), shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  let (ddims, ddpms) = (try tables.0.steps(schedule), try tables.1.steps(schedule))
  #expect(ddims.count == 1 + 2 + 13 + 50 + 1000 + 31)
  for (ddim, ddpm) in zip(ddims, ddpms) {
    #expect(abs(ddim.weights.xtWeight - ddpm.weights.xtWeight) < 1e-12, "x_t at \(ddim.t)")
    #expect(abs(ddim.weights.x0Weight - ddpm.weights.x0Weight) < 1e-12, "x0 at \(ddim.t)")
    #expect(abs(ddim.weights.sigma - ddpm.weights.sigma) < 1e-12, "sigma at \(ddim.t)")
  }
}

@Test(arguments: [
  Table.ddpm(.small), .ddpm(.large), .ddim(.value(0)), .ddim(.value(0.5)), .ddim(.hat),
])
private func theLastStepIsTheEstimateWithoutNoise(table: Table) throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  for (_, s, weights) in try table.steps(schedule) where s == .zero {
    #expect(weights.sigma == 0 && weights.xtWeight == 0)
    #expect(abs(weights.x0Weight - 1) < 1e-15)
  }
}

@Test(
  arguments: zip(
    [Table.ddpm(.small), .ddpm(.large), .ddim(.value(0)), .ddim(.value(0.5)), .ddim(.hat)],
    [true, true, false, true, true]))
private func onlyDDIMAtEtaZeroAddsNoNoise(table: Table, isNoisy: Bool) throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  for (_, s, weights) in try table.steps(schedule) where s != .zero {
    #expect((weights.sigma > 0) == isNoisy)
  }
}

@Test func etaScalesTheNoise() throws {
  let schedule = try NoiseSchedule(.cosine, timesteps: 1000)
  let (halves, wholes) = (
    try Table.ddim(.value(0.5)).steps(schedule), try Table.ddim(.value(1)).steps(schedule)
  )
  for (half, whole) in zip(halves, wholes) {
    #expect(abs(half.weights.sigma - whole.weights.sigma / 2) < 1e-15)
  }
}

/// Given the true image, every member of the family keeps the marginals of the forward process:
/// DDIM's Lemma 1, and why one network serves them all.
@Test(
  arguments: [Table.ddim(.value(0)), .ddim(.value(0.3)), .ddim(.value(1)), .ddpm(.small)],
  BetaSchedule.allCases)
private func aStepKeepsTheMarginals(table: Table, shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  for (t, s, weights) in try table.steps(schedule) {
    let (xt, xs) = (schedule.noised(at: t), schedule.noised(at: s))
    let spread = weights.xtWeight * xt.noiseWeight
    #expect(abs(weights.x0Weight + weights.xtWeight * xt.x0Weight - xs.x0Weight) < 1e-12)
    let variance = spread * spread + weights.sigma * weights.sigma
    #expect(abs(variance - xs.noiseWeight * xs.noiseWeight) < 1e-12)
  }
}

@Test func anImpossibleEtaIsRefused() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 100)
  for eta in [1.5, -0.1] {
    #expect(throws: SamplingError.eta(eta)) {
      try DDIMSampler(eta: .value(eta)).check(in: schedule)
    }
  }
  #expect(throws: SamplingError.self) { try DDIMSampler(eta: .value(.nan)).check(in: schedule) }
}
