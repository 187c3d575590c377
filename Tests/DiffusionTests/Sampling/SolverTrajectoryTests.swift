// Solvers against diffusers' trajectories: the same network outputs lead to the same images.

import Diffusion
import Foundation
import TestSupport
import Testing

/// A solver's trajectory as diffusers takes it in double precision.
private struct Trajectory: Decodable {
  struct Config: Decodable {
    let betaSchedule, predictionType: String
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

/// DPM-Solver++(3M) as diffusers has it: with half the weight of the quadratic's second difference.
private struct HalvedCurvature: Sampler {
  private let solver = DPMSolverMultistep(order: .third)
  var memory: Int { solver.memory }

  func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    solver.step(&walk, from: t, to: s)
    guard walk.evaluations.count == 3, walk.steps.count > 2 || walk.steps.upperBound >= 15,
      s > .zero
    else { return }
    let (schedule, times) = (walk.schedule, walk.evaluations.map(\.timestep))
    let lambdas = times.map(schedule.logSNR)
    let h = schedule.logSNR(s) - lambdas[0]
    let (r1, r2) = ((lambdas[0] - lambdas[1]) / h, (lambdas[1] - lambdas[2]) / h)
    let half =
      schedule.alphaBar(s).squareRoot() * (0.5 - 1 / h - expm1(-h) / (h * h)) / (r1 + r2)
    let found = walk.evaluations.map(\.x0)
    walk.x.set(
      1 * walk.x - (half / r1) * found[0] + (half / r1 + half / r2) * found[1]
        - (half / r2) * found[2])
  }
}

@Suite struct SolverTrajectoryTests {
  private static func sampler(_ trajectory: Trajectory) -> (any Sampler)? {
    switch (trajectory.solver, trajectory.order) {
    case ("dpm++", 1): DPMSolverMultistep(order: .first)
    case ("dpm++", 2): DPMSolverMultistep(order: .second)
    case ("dpm++", 3): HalvedCurvature()
    case ("unipc", 2): UniPCSampler()
    case ("heun", 2): HeunSampler()
    default: nil
    }
  }

  @Test(.needsFixtures) func trajectoriesMatchDiffusers() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode(
      [Trajectory].self, from: Data(contentsOf: Fixtures.url("solvers/trajectories.json")))
    #expect(cases.count == 75)
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
      let sampler = try #require(Self.sampler(trajectory))
      let shape = try #require(BetaSchedule(diffusers: trajectory.config.betaSchedule))
      let prediction = try #require(Prediction(diffusers: trajectory.config.predictionType))
      let schedule = try NoiseSchedule(
        shape, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: .diffusers)
      // Heun's calls are at the end of a step and again at the beginning of the next.
      let grid = trajectory.timesteps.enumerated().filter {
        $0 == 0 || trajectory.timesteps[$0 - 1] != $1
      }
      let path = grid.map { Timestep(index: $1) } + [.zero]
      #expect(sampler.evaluated(along: path).map(\.index) == trajectory.timesteps)
      let calls = sampler.evaluated(along: path).count > trajectory.count ? 2 : 1
      let walked = sampler.trajectory(
        from: start, along: Array(zip(path, path.dropFirst())).map { (t: $0, s: $1) },
        StoredOutputs(outputs), schedule, prediction)
      let expected = try (x: rows("\(trajectory.id).x"), x0: rows("\(trajectory.id).x0"))
      for step in 0..<trajectory.count {
        let label = "\(trajectory.id) \(trajectory.solver) \(trajectory.order) step \(step)"
        #expect(distance(walked.x[step], expected.x[step]) <= 2e-5, "\(label)")
        let call = min(calls * (step + 1), expected.x0.count) - 1
        #expect(distance(walked.x0[step], expected.x0[call]) <= 2e-5, "\(label), x0")
      }
    }
  }

  /// The largest difference, as a share of the expected values' largest.
  private func distance(_ values: [Float], _ expected: [Float]) -> Float {
    let scale = expected.map { abs($0) }.max() ?? 0
    return (zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity) / scale
  }
}
