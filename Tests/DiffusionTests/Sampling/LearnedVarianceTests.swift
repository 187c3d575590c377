// Variances that a network learned, against diffusers: its steps, and a whole pipeline.

import Diffusion
import Foundation
import TestSupport
import Testing

/// A trajectory as diffusers takes it in double precision.
private struct Trajectory: Decodable {
  struct Config: Decodable {
    let betaSchedule, predictionType: String
    let clipSample: Bool
    let numTrainTimesteps: Int
    let betaStart, betaEnd: Double
  }
  let id: String
  let channels: Int
  let config: Config
  let timesteps: [Int]

  enum CodingKeys: String, CodingKey {
    case id, config, timesteps
    case channels = "C"
  }
}

@Suite(.needsFixtures) struct LearnedVarianceTests {
  @Test func trajectoriesMatchDiffusers() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode(
      [Trajectory].self, from: Data(contentsOf: Fixtures.url("solvers/learned_range.json")))
    #expect(cases.count == 12)
    let stored = try SafetensorsReader(Fixtures.url("solvers/learned_range.safetensors"))
    for trajectory in cases {
      let start = try stored["c\(trajectory.channels).x_T"].values.map { Float($0) }
      func rows(_ name: String, _ length: Int) throws -> [[Float]] {
        let values = try stored[name].values.map { Float($0) }
        return stride(from: 0, to: values.count, by: length).map {
          Array(values[$0..<$0 + length])
        }
      }
      let outputs = try rows("c\(trajectory.channels).model_output", 2 * start.count)
      let noise = try rows("c\(trajectory.channels).noise", start.count)
      let source = StoredOutputs(
        outputs.map { Array($0.prefix(start.count)) },
        variances: outputs.map { Array($0.suffix(start.count)) }, noise: noise)
      let shape = try #require(BetaSchedule(diffusers: trajectory.config.betaSchedule))
      let prediction = try #require(Prediction(diffusers: trajectory.config.predictionType))
      let schedule = try NoiseSchedule(
        shape, from: trajectory.config.betaStart, to: trajectory.config.betaEnd,
        timesteps: trajectory.config.numTrainTimesteps, tabulation: .diffusers)
      let path = trajectory.timesteps.map { Timestep(index: $0) } + [.zero]
      let walked = DDPMSampler(variance: .learned).trajectory(
        from: start, along: Array(zip(path, path.dropFirst())).map { (t: $0, s: $1) }, source,
        schedule, prediction, trajectory.config.clipSample ? .toRange(1) : .none)
      let expected = try (
        x: rows("\(trajectory.id).x", start.count), x0: rows("\(trajectory.id).x0", start.count)
      )
      let last = trajectory.timesteps.count - 1
      for step in 0...last {
        let label = "\(trajectory.id) step \(step)"
        #expect(distance(walked.x0[step], expected.x0[step]) <= 2e-5, "\(label), x0")
        // diffusers adds noise in the last step too, unless it starts at the first timestep.
        let mean = step == last ? expected.x0[step] : expected.x[step]
        #expect(distance(walked.x[step], mean) <= 2e-5, "\(label)")
      }
    }
  }

  /// The largest difference, as a share of the expected values' largest.
  private func distance(_ values: [Float], _ expected: [Float]) -> Float {
    let scale = expected.map { abs($0) }.max() ?? 0
    return (zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity) / scale
  }

  /// DDPM with stored noise in place of random noise.
  private struct StoredNoise: Sampler {
    let noise: [Float]

    func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
      walk.step(
        DDPMSampler(variance: .learned).weights(from: t, to: s, in: walk.schedule), from: t)
      guard let outputs = walk.variance?.values, s > .zero else { return }
      let (small, large) = walk.schedule.logVariances(from: t, to: s)
      walk.x.set(
        zip(walk.x.values, zip(outputs, noise)).map { mean, step in
          let share = (Double(step.0) + 1) / 2
          return mean + Float(exp((share * large + (1 - share) * small) / 2)) * step.1
        })
    }
  }

  @Test func aPipelineThatLearnedTheVarianceDrawsAsInDiffusers() throws {
    let folder = try Fixtures.url("pipeline/learned")
    let model = try DiffusionModel(folder: folder.path)
    #expect(model.learnsVariance && model.defaults.variance == .learned)
    #expect(model.imageSize == ImageSize(height: 28, width: 28, channels: 1))
    let stored = try Safetensors(
      contentsOf: folder.appending(path: "trajectory.safetensors").path)
    let path = try model.path(.ddpm(steps: 10, variance: .learned))
    #expect(path.dropLast().map(\.index) == (try stored.integers("timesteps")))
    let (noise, expected) = try (stored.floats("noise"), stored.floats("x"))
    var options = SamplingOptions(threads: 1)
    var x = try stored.floats("x_T")
    for (step, (t, s)) in zip(path, path.dropFirst()).enumerated() where s > .zero {
      options.start = Images(size: model.imageSize, values: x)
      let range = step * 784..<(step + 1) * 784
      let plan = SamplingPlan(StoredNoise(noise: Array(noise[range])), along: [t, s])
      x = try model.sample(1, plan, options).images.values
      #expect(distance(x, Array(expected[range])) <= 1e-4, "step \(step)")
    }
    let drawn = try model.sample(3, .ddpm(steps: 4, variance: .learned)).images.values
    #expect(drawn.allSatisfy { $0.isFinite })
    #expect(try model.sample(3, .ddpm(steps: 4)).images.values != drawn)
    #expect(try model.sample(3, .ddim(steps: 4)).images.values.allSatisfy { $0.isFinite })
  }

  @Test func suchAPipelineIsSavedAsOne() throws {
    let model = try DiffusionModel(folder: Fixtures.url("pipeline/learned").path)
    try withTemporaryFolder { folder in
      try model.save(to: folder)
      let again = try DiffusionModel(folder: folder)
      #expect(again.defaults.variance == .learned && again.fingerprint == model.fingerprint)
    }
  }

  @Test func aNetworkThatLearnedNoneIsRefused() throws {
    let model = try DiffusionModel(folder: Fixtures.url("pipeline/uncond").path)
    #expect(throws: SamplingError.noLearnedVariance) {
      try model.path(.ddpm(variance: .learned))
    }
  }
}
