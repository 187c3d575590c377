// Sampling from pure noise, where the log SNR is minus infinity: every sampler, spacing and encoder.

import Diffusion
import Foundation
import Kernels
import TestSupport
import Testing

/// The best network for data N(0, V), every value by itself: the mean of its target given x_t.
private struct GaussianSource: WalkSource {
  static let variance = 0.25
  let schedule: NoiseSchedule
  let prediction: Prediction
  private let output = FloatMemory(count: 4096)

  func output(
    _ xt: Floats, _ images: Range<Int>, at timestep: Timestep, shift: BottleneckShift?
  ) -> NetworkOutput {
    let noised = schedule.noised(at: timestep)
    let (image, noise) = (noised.x0Weight, noised.noiseWeight)
    let total = image * image * Self.variance + noise * noise
    let target = prediction.target(at: timestep, in: schedule)
    let gain =
      (target.x0Weight * image * Self.variance + target.noiseWeight * noise) / total
    let result = output.all.slice(0, xt.count)
    result.copy(from: xt.array.map { Float(gain) * $0 })
    return NetworkOutput(result)
  }

  func fillNoise(_ target: Floats, _ images: Range<Int>, at place: NoisePlace) {
    Philox(seed: 1, stream: 0).fillNormal(target, item: 0, time: UInt32(place.timestep.value))
  }

  init(_ schedule: NoiseSchedule, _ prediction: Prediction) {
    (self.schedule, self.prediction) = (schedule, prediction)
  }
}

@Suite struct ZeroSNRSamplingTests {
  private static func schedule(_ shape: BetaSchedule = .linear) throws -> NoiseSchedule {
    try NoiseSchedule(shape, timesteps: 1000).withZeroTerminalSNR()
  }

  private static let solvers: [any Sampler] =
    [DDIMSampler(), SecondOrderDDIM(), HeunSampler(), UniPCSampler()]
    + DPMSolverMultistep.Order.allCases.map { DPMSolverMultistep(order: $0) }

  /// DDIM's equation takes x_T to x_T times the data's standard deviation.
  @Test(
    arguments: [Prediction.sample, .velocity, .mean],
    [StepSpacing.trailing, .linspace, .logsnr, .karras])
  func everySolverEndsWhereTheEquationEnds(prediction: Prediction, spacing: StepSpacing) throws {
    let start: [Float] = [1, -0.5, 2, 0]
    for shape in [BetaSchedule.linear, .cosine] {
      let schedule = try Self.schedule(shape)
      for sampler in Self.solvers {
        let path = try spacing.timesteps(250, of: schedule) + [.zero]
        #expect(path[0] == schedule.last)
        let tolerance: Float = sampler.memory == 0 ? 0.03 : 0.005
        let walked = sampler.trajectory(
          from: start, along: zip(path, path.dropFirst()).map { (t: $0, s: $1) },
          GaussianSource(schedule, prediction), schedule, prediction)
        let found = try #require(walked.x.last)
        for (value, x) in zip(found, start) {
          #expect(
            abs(value - 0.5 * x) <= tolerance * abs(x),
            "\(sampler.name), \(shape), \(spacing): \(value) from \(x)")
        }
      }
    }
  }

  @Test(arguments: [Prediction.sample, .velocity])
  func ancestralSamplingDrawsTheData(prediction: Prediction) throws {
    let schedule = try Self.schedule()
    let start = FloatMemory(count: 4096)
    Philox(seed: 0, stream: 0).fillNormal(start.all, item: 0, time: 0)
    // What is left of the values' variance once x_t is known.
    let left = ImageVariance(
      schedule.timesteps.map { t in
        let noised = schedule.noised(at: t)
        let noise = noised.noiseWeight * noised.noiseWeight
        let total = noised.x0Weight * noised.x0Weight * GaussianSource.variance + noise
        return GaussianSource.variance * noise / total
      })
    let samplers: [any Sampler] = [
      DDPMSampler(variance: .optimal(left)), DDPMSampler(variance: .small),
      DDPMSampler(variance: .large), DDIMSampler(eta: .value(1)),
      DDIMSampler(eta: .value(0.5)), DDIMSampler(eta: .hat),
    ]
    let path = try StepSpacing.trailing.timesteps(250, of: schedule) + [.zero]
    for sampler in samplers {
      let walked = sampler.trajectory(
        from: start.array, along: zip(path, path.dropFirst()).map { (t: $0, s: $1) },
        GaussianSource(schedule, prediction), schedule, prediction)
      let values = try #require(walked.x.last).map(Double.init)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(variance / GaussianSource.variance - 1) < 0.1, "\(sampler.name): \(variance)")
    }
  }

  @Test func theStepFromPureNoiseIsOfFirstOrder() throws {
    let schedule = try Self.schedule()
    let (last, t, s) = (schedule.last, Timestep(900), Timestep(800))
    let ddim = DDIMSampler()
    #expect(
      ddim.weights(from: last, to: t, in: schedule).xtWeight
        == schedule.noised(at: t).noiseWeight)
    for order in DPMSolverMultistep.Order.allCases {
      let solver = DPMSolverMultistep(order: order)
      let (first, second) = (
        solver.weights(from: last, to: t, after: [], in: schedule),
        solver.weights(from: t, to: s, after: [last], in: schedule)
      )
      #expect(first.x0 == ddim.weights(from: last, to: t, in: schedule).x0Weight)
      // One estimate at a finite log SNR makes no slope.
      #expect(second.x0 == ddim.weights(from: t, to: s, in: schedule).x0Weight)
      #expect(second.before == [0])
    }
    let third = DPMSolverMultistep(order: .third)
      .weights(from: s, to: Timestep(700), after: [t, last], in: schedule)
    #expect(third.before[1] == 0 && third.before[0] < 0)
    let correction = UniPCSampler().correction(at: t, after: [last], in: schedule)
    #expect(correction.x0 == 0 && correction.before == [0])
    #expect(HeunSampler().correction(from: last, to: t, in: schedule) == 0)
  }

  @Test(arguments: [StepSpacing.logsnr, .karras])
  func spacingsInTheSNRBeginAtPureNoise(spacing: StepSpacing) throws {
    let schedule = try Self.schedule()
    for steps in [1, 2, 10, 1000] {
      let grid = try spacing.timesteps(steps, of: schedule)
      #expect(grid.count == steps && grid.first == schedule.last)
      #expect(zip(grid, grid.dropFirst()).allSatisfy { $0 > $1 })
      #expect(steps == 1 || grid.last == Timestep(1))
    }
    // The second timestep is a step away from T - 1, not T - 1 itself.
    #expect(try spacing.timesteps(10, of: schedule)[1] < Timestep(999))
  }

  @Test(.needsFixtures) func theTrajectoryMatchesDiffusers() throws {
    let stored = try SafetensorsReader(Fixtures.url("solvers/zero_snr.safetensors"))
    func rows(_ name: String) throws -> [[Float]] {
      let values = try stored[name].values.map { Float($0) }
      return stride(from: 0, to: values.count, by: 30).map { Array(values[$0..<$0 + 30]) }
    }
    let schedule = try NoiseSchedule(
      .linear, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: .diffusers
    ).withZeroTerminalSNR()
    let path = try StepSpacing.trailing.timesteps(10, of: schedule) + [.zero]
    #expect(path.dropLast().map(\.index) == (0..<10).map { 999 - 100 * $0 })
    let walked = try DDIMSampler().trajectory(
      from: rows("x_T")[0], along: zip(path, path.dropFirst()).map { (t: $0, s: $1) },
      StoredOutputs(rows("model_output")), schedule, .velocity)
    for (found, name) in [(walked.x, "z0.x"), (walked.x0, "z0.x0")] {
      for (step, (values, expected)) in zip(found, try rows(name)).enumerated() {
        let scale = expected.map { abs($0) }.max() ?? 0
        #expect(
          zip(values, expected).allSatisfy { abs($0 - $1) <= 2e-5 * scale }, "\(name) \(step)")
      }
    }
  }

  /// Training, its held-out loss, the likelihood and the way to noise and back pass through T.
  @Test func aModelIsTrainedAndEvaluated() throws {
    let data = SmallTraining.images(8)
    let trainer = try Trainer(
      SmallTraining.network(),
      schedule: NoiseSchedule(.linear, timesteps: 32).withZeroTerminalSNR(),
      prediction: .velocity, data: data, SmallTraining.options(batch: 32) { $0.warmup = 0 })
    for _ in 0..<2 { #expect(try trainer.step(of: 2).loss.isFinite) }
    let model = trainer.snapshot()
    let loss = HeldOutLoss(on: data, count: 32)(model, threads: 2)
    #expect(loss.mean.isFinite && loss.mean > 0)
    let encoder = DDIMEncoder().weights(from: Timestep(31), to: Timestep(32), in: model.schedule)
    #expect(encoder.xtWeight.isFinite && encoder.x0Weight.isFinite)
    for spacing in [StepSpacing.trailing, .logsnr] {
      let back = try model.reconstruct(data, labels: nil, steps: 8, spacing: spacing, threads: 2)
      #expect(back.images.values.allSatisfy { $0.isFinite })
    }
    for likelihood in model.likelihoods(of: data, count: 8, seed: 0, threads: 2) {
      #expect(likelihood.total.mean.isFinite && likelihood.prior.mean == 0)
    }
  }
}
