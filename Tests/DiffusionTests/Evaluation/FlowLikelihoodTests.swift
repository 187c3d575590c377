// Exact likelihood: the closed form on Gaussian data, the network's divergence, any threads.

import Foundation
import Kernels
import TestSupport
import Testing

@testable import Autograd
@testable import Diffusion

/// The velocity of the best estimate for data N(0, V), which is known with its divergence.
private struct GaussianField: FlowField {
  let variance: Double
  let schedule: NoiseSchedule

  func total(_ t: Timestep) -> Double {
    let noised = schedule.noised(at: t)
    return noised.x0Weight * noised.x0Weight * variance
      + noised.noiseWeight * noised.noiseWeight
  }

  func evaluate(_ x: Floats, at t: Timestep, velocity: Floats) -> [Double] {
    let noised = schedule.noised(at: t)
    // x̂0 = a V x / total, ε̂ = s x / total, v = a ε̂ - s x̂0.
    let slope = noised.x0Weight * noised.noiseWeight * (1 - variance) / total(t)
    combine(slope, x, 0, x, into: velocity)
    return [slope * 3, slope * 3]
  }
}

@Suite struct FlowLikelihoodTests {
  /// Also where the data lie so close together that the flow is steep near them, as a picture's background
  /// does.
  @Test(arguments: [BetaSchedule.linear, .cosine], [(0.3, 5e-3), (1e-4, 0.03)])
  func onGaussianDataTheDensityIsTheClosedForm(
    shape: BetaSchedule, data: (spread: Double, mostError: Double)
  ) throws {
    let schedule = try NoiseSchedule(shape, timesteps: 1000)
    let field = GaussianField(variance: data.spread, schedule: schedule)
    let deviation = Float(data.spread.squareRoot())
    let pixels = [0.2, -1.1, 0.7, 1.8, 0, -0.4].map { $0 * deviation }
    let variance = field.total(Timestep(1))
    let wanted = [pixels[0..<3], pixels[3..<6]].map { image in
      image.reduce(0) { $0 + Double($1) * Double($1) } / variance / 2
        + 1.5 * log(2 * .pi * variance)
    }
    func errors(_ steps: Int) throws -> [Double] {
      let x = FloatMemory(pixels)
      let nats = try ProbabilityFlow(steps: steps, in: schedule).nats(x.all, count: 2, field)
      return zip(nats, wanted).map { abs($0 - $1) }
    }
    let (coarse, fine) = (try errors(50), try errors(100))
    for (a, b) in zip(coarse, fine) {
      // alphaBar_T is not quite 0 and floats are single, so the error does not vanish altogether.
      #expect(b < data.mostError, "\(fine), \(wanted)")
      // Close to the data no steps are finer than a timestep.
      if data.spread > 1e-3 { #expect(b < 0.4 * a || b < 2e-4, "\(coarse), \(fine)") }
    }
  }

  /// zᵀ(∂v/∂x)z by the backward pass against the difference of velocities along z.
  @Test(arguments: [nil, 3]) func theDivergenceIsTheNetworksDerivative(classes: Int?) throws {
    let options = SmallTraining.options { $0.learningRate = 1e-2 }
    let trainer =
      try classes == nil
      ? SmallTraining.trainer(options, dropout: 0.2, prediction: .velocity)
      : SmallTraining.conditionalTrainer(options)
    for _ in 0..<5 { _ = try trainer.step(of: 5) }
    let model = trainer.snapshot()
    var lane = FlowLane(model, model.trainableCopy(threads: 1), seed: 4)
    lane.begin([7, 9], classes: classes == nil ? nil : [1, 2])
    let x = model.noise(2, seed: 5)
    let z = lane.probe.all.prefix(128)
    #expect(Set(z) == [-1, 1])
    for t in [Timestep(3), Timestep(400), Timestep(1000)] {
      let (memory, velocity) = (FloatMemory(x.values), FloatMemory(count: 128))
      let traces = lane.evaluate(memory.all, at: t, velocity: velocity.all)
      func denoised(_ shift: Float) throws -> [Float] {
        let moved = Images(size: x.size, values: zip(x.values, z).map { $0 + shift * $1 })
        return try model.denoise(
          moved, at: t, classes: classes == nil ? nil : .each([1, 2]), threads: 1
        ).velocity.values
      }
      let still = try denoised(0)
      #expect(zip(velocity.array, still).allSatisfy { abs($0 - $1) < 1e-4 })
      let width: Float = 1e-2
      let (less, more) = (try denoised(-width), try denoised(width))
      for image in 0..<2 {
        var wanted = 0.0
        for i in image * 64..<image * 64 + 64 {
          wanted += Double(z[i]) * Double(more[i] - less[i]) / Double(2 * width)
        }
        #expect(
          abs(traces[image] - wanted) < 0.02 * abs(wanted) + 0.05, "\(traces), \(wanted) at \(t)")
      }
    }
  }

  /// Nothing moves, so that images count as noise: -log2 N(x; 0, 1) per value, and the bits of a level's width.
  @Test func aVelocityOfZeroHasTheBitsOfNoise() throws {
    let model = try constantModel(0, prediction: .velocity, clipRange: nil, timesteps: 1000)
    let data = SmallTraining.images(9, model.imageSize)
    let found = try model.flowLikelihood(of: data, count: 9, steps: 200, seed: 1, threads: 2)
    // All pixels are black or white, ±1.
    let expected = (1 + log(2 * .pi)) / 2 / log(2.0) - log2(2.0 / 255)
    #expect(abs(found.bits.mean - expected) < 0.01, "\(found), \(expected)")
    let error = try #require(found.stepError)
    #expect(error > 0 && error < 0.01, "\(found)")
  }

  /// Of both ends alone there is nothing to compare with.
  @Test func aSingleStepHasNoErrorOfItsSteps() throws {
    let model = try untrainedModel(timesteps: 40)
    let found = try model.flowLikelihood(
      of: SmallTraining.images(2), count: 2, steps: 2, seed: 1, threads: 1)
    #expect(found.stepError == nil && found.steps == 2)
  }

  @Test func levelsGetNoiseOfTheirOwnWidth() throws {
    let model = try untrainedModel(timesteps: 40)
    var lane = FlowLane(model, model.trainableCopy(threads: 1), seed: 4)
    lane.begin([7, 9], classes: nil)
    let pixels = [Float](repeating: 0.25, count: 128)
    let offsets = lane.dequantised(pixels).map { Double($0) - 0.25 }
    #expect(offsets.allSatisfy { abs($0) <= 1 / 255.0 } && Set(offsets).count > 100)
    let square = offsets.reduce(0) { $0 + $1 * $1 } / 128
    // (2/255)²/12, five standard errors apart at most.
    #expect(abs(square * 3 * 255 * 255 - 1) < 0.4)
  }

  @Test func anyNumberOfThreadsMeasuresTheSame() throws {
    let model = try untrainedModel(timesteps: 40)
    let data = SmallTraining.images(11)
    func measure(_ threads: Int) throws -> FlowLikelihood {
      try model.flowLikelihood(of: data, count: 10, steps: 8, seed: 1, threads: threads)
    }
    let one = try measure(1)
    #expect(try measure(3) == one)
    #expect(one.images == 10 && one.steps == 8 && one.bits.mean.isFinite)
  }
}
