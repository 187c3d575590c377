// Schedules rescaled to zero terminal SNR: their tables, and what follows from alphaBar_T = 0.

import Diffusion
import Foundation
import TestSupport
import Testing

/// Some rows of a rescaled table, by diffusers in single precision and by the formula in double.
private struct Table: Decodable {
  let t: [Int]
  let betas, alphaBars, exactBetas, exactAlphaBars: [Double]

  enum CodingKeys: String, CodingKey {
    case t
    case betas = "betas_f32"
    case alphaBars = "alphas_cumprod_f32"
    case exactBetas = "betas_f64"
    case exactAlphaBars = "alphas_cumprod_f64"
  }
}

private struct Tables: Decodable {
  let linear, quadratic, cosine: Table

  enum CodingKeys: String, CodingKey {
    case linear, cosine
    case quadratic = "scaled_linear"
  }
}

@Suite struct ZeroTerminalSNRTests {
  private static func rescaled(
    _ shape: BetaSchedule, _ tabulation: Tabulation = .exact
  ) throws -> NoiseSchedule {
    try NoiseSchedule(shape, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: tabulation)
      .withZeroTerminalSNR()
  }

  @Test(.needsFixtures) func tablesMatchDiffusers() throws {
    let tables = try JSONDecoder().decode(
      Tables.self, from: Data(contentsOf: Fixtures.url("solvers/zero_snr.json")))
    let cases = [
      (BetaSchedule.linear, tables.linear), (.quadratic, tables.quadratic),
      (.cosine, tables.cosine),
    ]
    for (shape, table) in cases {
      let (exact, rounded) = (try Self.rescaled(shape), try Self.rescaled(shape, .diffusers))
      for (row, index) in table.t.enumerated() {
        let t = Timestep(index: index)
        // PyTorch's square root is not always the nearest float.
        #expect(abs(rounded.beta(t) - table.betas[row]) <= 5e-6, "\(shape) \(t)")
        #expect(abs(rounded.alphaBar(t) - table.alphaBars[row]) <= 2e-6, "\(shape) \(t)")
        #expect(abs(exact.beta(t) - table.exactBetas[row]) <= 1e-12, "\(shape) \(t)")
        #expect(abs(exact.alphaBar(t) - table.exactAlphaBars[row]) <= 1e-12, "\(shape) \(t)")
      }
      #expect(rounded.alphaBar(rounded.last) == 0 && rounded.beta(rounded.last) == 1)
    }
  }

  @Test(arguments: BetaSchedule.allCases, [Tabulation.exact, .diffusers])
  func theFirstTimestepStaysAndTheLastIsPureNoise(
    shape: BetaSchedule, tabulation: Tabulation
  ) throws {
    let original = try NoiseSchedule(
      shape, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: tabulation)
    let schedule = try original.withZeroTerminalSNR()
    let change = schedule.alphaBar(Timestep(1)) - original.alphaBar(Timestep(1))
    #expect(abs(change) <= (tabulation == .exact ? 1e-15 : 2 * Double(Float(0.5).ulp)))
    #expect(schedule.beta(schedule.last) == 1 && schedule.alphaBar(schedule.last) == 0)
    #expect(schedule.signalToNoise(schedule.last) == 0)
    #expect(schedule.logSNR(schedule.last) == -.infinity)
    #expect(schedule.noised(at: schedule.last) == Mix(x0Weight: 0, noiseWeight: 1))
    #expect(schedule.priorBitsPerDimension(meanSquare: 0.925) == 0)
    #expect(schedule.lastWithSignal == Timestep(999) && original.lastWithSignal == original.last)
    for t in schedule.timesteps {
      #expect(schedule.alphaBar(t) < schedule.alphaBar(t.advanced(by: -1)))
    }
  }

  @Test func whatEndsInPureNoiseIsNotRescaledAgain() throws {
    let schedule = try Self.rescaled(.linear)
    #expect(try schedule.withZeroTerminalSNR() == schedule)
    let shortest = try NoiseSchedule(betas: [0.1, 0.2]).withZeroTerminalSNR()
    #expect(abs(shortest.alphaBar(Timestep(1)) - 0.9) <= 1e-15)
    #expect(shortest.alphaBar(Timestep(2)) == 0)
  }

  /// At T the posterior q(x_s | x_T, x_0) is q(x_s | x_0): x_T says nothing more.
  @Test(arguments: [999, 500, 1])
  func theLastTimestepTellsThePosteriorNothing(s: Int) throws {
    let schedule = try Self.rescaled(.cosine)
    let (posterior, noised) = (
      schedule.posterior(from: schedule.last, to: Timestep(s)), schedule.noised(at: Timestep(s))
    )
    #expect(posterior.xtWeight == 0 && posterior.x0Weight == noised.x0Weight)
    #expect(posterior.variance(.large) == 1)
    #expect(abs(posterior.variance(.small) - noised.noiseWeight * noised.noiseWeight) <= 1e-15)
  }

  @Test(arguments: [Prediction.sample, .velocity, .mean])
  func theImageIsKnownFromAnOutputAtTheLastTimestep(prediction: Prediction) throws {
    let schedule = try Self.rescaled(.linear)
    let (x0, noise) = (0.3, -1.2)
    for t in [schedule.last, Timestep(999), Timestep(1)] {
      func value(_ mix: Mix) -> Double { mix.x0Weight * x0 + mix.noiseWeight * noise }
      let (xt, output) = (
        value(schedule.noised(at: t)), value(prediction.target(at: t, in: schedule))
      )
      let image = prediction.estimate(of: .sample, at: t, in: schedule)
      #expect(abs(image.xtWeight * xt + image.outputWeight * output - x0) <= 1e-9, "\(t)")
      let score = prediction.score(at: t, in: schedule)
      let expected = -noise / schedule.noised(at: t).noiseWeight
      let found = score.xtWeight * xt + score.outputWeight * output
      #expect(abs(found - expected) <= 1e-9 * abs(expected), "\(t)")
    }
  }

  @Test(arguments: [ReverseVariance.small, .large])
  func theBoundIsFinite(variance: ReverseVariance) throws {
    let schedule = try Self.rescaled(.linear)
    let bound = VariationalBound(schedule: schedule, variance: variance)
    #expect(bound.prior(meanSquare: 0.9) == 0)
    for t in schedule.timesteps.dropFirst() {
      let term = bound.term(at: t, squaredError: 0.5)
      #expect(term.isFinite && term > 0, "\(t)")
    }
  }
}
