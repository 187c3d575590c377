// DPM-Solver++(2M) against diffusers, against DDIM, and against data whose solution is known.

import Diffusion
import Foundation
import TestSupport
import Testing

/// A solver's trajectory as diffusers takes it in double precision.
private struct Trajectory: Decodable {
  struct Config: Decodable {
    let betaSchedule, predictionType: String
    let betaStart, betaEnd: Double?
  }
  let id, solver: String
  let order: Int
  let count: Int
  let config: Config
  let timesteps, ordersUsed: [Int]

  enum CodingKeys: String, CodingKey {
    case id, solver, order, config, timesteps, ordersUsed
    case count = "S"
  }
}

@Suite struct DPMSolverMultistepTests {
  @Test(.needsFixtures) func trajectoriesMatchDiffusers() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode(
      [Trajectory].self, from: Data(contentsOf: Fixtures.url("solvers/trajectories.json"))
    ).filter { $0.solver == "dpm++" && $0.order == 2 }
    #expect(cases.count >= 10)
    let stored = try SafetensorsReader(Fixtures.url("solvers/trajectories.safetensors"))
    let start = try stored["x_T"].values.map { Float($0) }
    func rows(_ name: String) throws -> [[Float]] {
      let values = try stored[name].values.map { Float($0) }
      return stride(from: 0, to: values.count, by: start.count).map {
        Array(values[$0..<$0 + start.count])
      }
    }
    let outputs = try rows("model_output")
    for trajectory in cases {
      let shape = try #require(
        ["linear": BetaSchedule.linear, "squaredcos_cap_v2": .cosine][
          trajectory.config.betaSchedule])
      let prediction = try #require(
        ["epsilon": Prediction.noise, "sample": .sample, "v_prediction": .velocity][
          trajectory.config.predictionType])
      let schedule = try NoiseSchedule(
        shape, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: .diffusers)
      let path = trajectory.timesteps.map { Timestep(index: $0) } + [.zero]
      let walked = DPMSolverMultistep().trajectory(
        from: start, along: Array(zip(path, path.dropFirst())).map { (t: $0, s: $1) },
        StoredOutputs(outputs), schedule, prediction)
      let expected = try (x: rows("\(trajectory.id).x"), x0: rows("\(trajectory.id).x0"))
      for step in 0..<trajectory.count {
        let label = "\(trajectory.id) step \(step)"
        #expect(distance(walked.x[step], expected.x[step]) <= 2e-5, "\(label)")
        #expect(distance(walked.x0[step], expected.x0[step]) <= 2e-5, "\(label), x0")
      }
    }
  }

  /// The largest difference, as a share of the expected values' largest.
  private func distance(_ values: [Float], _ expected: [Float]) -> Float {
    let scale = expected.map { abs($0) }.max() ?? 0
    return (zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity) / scale
  }

  /// Neighbours of a grid of ten steps (NumPy, double precision).
  @Test func theWeightsAreThePapers() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 1000)
    let weights = DPMSolverMultistep().weights(
      from: Timestep(900), to: Timestep(800), after: Timestep(1000), in: schedule)
    #expect(abs(weights.xt - 0.999371187) < 1e-9)
    #expect(abs(weights.x0 - 0.032658581) < 1e-9)
    #expect(abs(weights.x0Before + 0.010095565) < 1e-9)
    let first = DPMSolverMultistep().weights(
      from: Timestep(900), to: Timestep(800), after: nil, in: schedule)
    // However far the estimate before it was, both estimates together weigh as much as one.
    #expect(abs(weights.x0 + weights.x0Before - first.x0) < 1e-15)
    #expect(weights.x0Before < 0 && weights.xt == first.xt)
  }

  @Test(arguments: BetaSchedule.allCases)
  func theFirstAndTheLastStepAreDDIMs(shape: BetaSchedule) throws {
    let schedule = try NoiseSchedule(shape, timesteps: 1000)
    let path = try StepSpacing.trailing.timesteps(10, of: schedule.last) + [.zero]
    for (t, s) in zip(path, path.dropFirst()) {
      let ddim = DDIMSampler().weights(from: t, to: s, in: schedule)
      let first = DPMSolverMultistep().weights(from: t, to: s, after: nil, in: schedule)
      #expect(abs(first.xt - ddim.xtWeight) < 1e-12 && abs(first.x0 - ddim.x0Weight) < 1e-12)
    }
    let last = DPMSolverMultistep().weights(
      from: path[9], to: .zero, after: path[8], in: schedule)
    #expect(last.xt == 0 && last.x0 == 1 && last.x0Before == 0)
  }

  /// Data N(0, 1/4): x̂0 is known, and so is where every solver ends (NumPy, double precision).
  @Test(.needsFixtures) func aGaussianEndsWhereTheReferenceEnds() throws {
    struct Reference: Decodable {
      struct Table: Decodable { let grids: [Grid] }
      struct Grid: Decodable {
        let count: Int
        let dpm2m: Double
        enum CodingKeys: String, CodingKey {
          case dpm2m
          case count = "S"
        }
      }
      let table: Table
      enum CodingKeys: String, CodingKey { case table = "f64_table" }
    }
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: Fixtures.url("solvers/gaussian.json")))
    let schedule = try NoiseSchedule(.linear, timesteps: 1000)
    for grid in reference.table.grids {
      let path = try StepSpacing.trailing.timesteps(grid.count, of: schedule.last) + [.zero]
      var (x, before): (Double, (t: Timestep, x0: Double)?) = (1, nil)
      for (t, s) in zip(path, path.dropFirst()) {
        let alphaBar = schedule.alphaBar(t)
        let x0 = alphaBar.squareRoot() * 0.25 / (0.25 * alphaBar + 1 - alphaBar) * x
        let weights = DPMSolverMultistep().weights(from: t, to: s, after: before?.t, in: schedule)
        x = weights.xt * x + weights.x0 * x0 + weights.x0Before * (before?.x0 ?? 0)
        before = (t, x0)
      }
      #expect(abs(x / grid.dpm2m - 1) <= 1e-9, "\(grid.count) steps")
    }
  }
}
