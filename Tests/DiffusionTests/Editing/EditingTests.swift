// Editing real images: encoding and decoding, noising and denoising, upscaling.

import Foundation
import TestSupport
import Testing

@testable import Diffusion

@Suite struct EditingTests {
  private let images = Images(SmallTraining.images(3))

  @Test func decodingUndoesEncodingTheBetterTheMoreSteps() throws {
    let model = try untrainedModel(timesteps: 1000)
    let errors = try [5, 50, 500].map { steps in
      let latents = try model.encode(images, steps: steps, by: .ddim)
      let again = try model.decode(latents, steps: steps, by: .ddim)
      return SampleMean(images.squaredErrors(again)).mean
    }
    #expect(errors[0] > errors[1] && errors[1] > errors[2] && errors[2] < 1e-3, "\(errors)")
  }

  @Test func encodingIsThatOfTheEvaluation() throws {
    let model = try untrainedModel(timesteps: 100)
    let latents = try model.encode(images, steps: 10, by: .ddim, SamplingOptions(threads: 1))
    let again = try model.decode(latents, steps: 10, by: .ddim, SamplingOptions(threads: 2))
    let evaluated = try model.reconstruct(
      SmallTraining.images(3), labels: nil, steps: 10, spacing: .trailing, threads: 1)
    #expect(again == evaluated.images)
  }

  @Test func noStrengthChangesNothingAndAllStrengthForgetsTheImage() throws {
    let model = try untrainedModel(timesteps: 50)
    #expect(try model.edit(images, strength: 0, steps: 10) == images)
    let other = Images(size: images.size, values: images.values.map { -$0 })
    func distance(_ strength: Double) throws -> Double {
      let (a, b) = (
        try model.edit(images, strength: strength, steps: 10),
        try model.edit(other, strength: strength, steps: 10)
      )
      return SampleMean(a.squaredErrors(b)).mean
    }
    #expect(try distance(0.2) > distance(0.6) && distance(1) < 1e-3)
  }

  /// Strength 1 starts from the noise that sampling starts from, but for what is left of the image.
  @Test func allStrengthIsSampling() throws {
    let model = try untrainedModel(timesteps: 50)
    let edited = try model.edit(images, strength: 1, steps: 10)
    let sampled = try model.sample(3, .ddim(steps: 10, spacing: .trailing)).images
    #expect(SampleMean(edited.squaredErrors(sampled)).mean < 1e-3)
  }

  @Test(arguments: [2, 4, 8]) func blockMeansAreThoseOfTheSmallImages(factor: Int) throws {
    let model = try untrainedModel(timesteps: 50)
    let small = images.shrunk(by: factor)
    #expect(small.size.height == 8 / factor && small.count == 3)
    let sampler = NullSpaceSampler(small, factor: factor)
    let large = try model.sample(
      3, SamplingPlan(sampler, steps: 10), SamplingOptions(threads: 2)
    ).images
    #expect(large.values.allSatisfy { abs($0) <= 1 })
    let again = large.shrunk(by: factor)
    let worst = zip(again.values, small.values).map { abs($0 - $1) }.max() ?? 1
    // A level of grey is 1/127.5.
    #expect(worst < 0.5 / 127.5, "\(worst)")
  }

  /// DDIM with x̂0 + A⁺(y - A x̂0) in place of x̂0, also before the last step (Eq. 13).
  @Test func everyEstimateGetsTheMeans() throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 50)
    let (t, s) = (Timestep(40), Timestep(20))
    let small = images.prefix(1).shrunk(by: 2)
    let (xt, x0) = (uniform(64, seed: 1), uniform(64, seed: 2))
    let walked = NullSpaceSampler(small, factor: 2).trajectory(
      from: xt, along: [(t, s)], StoredOutputs([x0]), schedule, .sample)
    let means = Images(size: images.size, values: x0).shrunk(by: 2)
    let weights = DDIMSampler().weights(from: t, to: s, in: schedule)
    for pixel in 0..<64 {
      let block = pixel / 16 * 4 + pixel % 8 / 2
      let corrected = Double(x0[pixel]) + Double(small.values[block] - means.values[block])
      let expected = weights.xtWeight * Double(xt[pixel]) + weights.x0Weight * corrected
      #expect(abs(Double(walked.x[0][pixel]) - expected) < 1e-5)
    }
  }

  @Test func withBlocksOfOnePixelTheImageIsGiven() throws {
    let sampler = NullSpaceSampler(images, factor: 1)
    let result = try untrainedModel(timesteps: 50).sample(3, SamplingPlan(sampler, steps: 5)).images
    #expect(zip(result.values, images.values).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func shrinkingTakesTheMeansOfEachChannel() {
    let size = ImageSize(height: 2, width: 4, channels: 2)
    let image = Images(size: size, values: (0..<16).map(Float.init))
    // Rows of pixels 0, 2, 4, 6 and 8, 10, 12, 14 in the first channel, one more in the second.
    #expect(image.shrunk(by: 2).values == [5, 6, 9, 10])
    #expect(image.shrunk(by: 1) == image)
  }
}
