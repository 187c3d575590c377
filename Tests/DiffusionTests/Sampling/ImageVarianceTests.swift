// The estimate of the image variance, where its expectation is known.

import Diffusion
import TestSupport
import Testing

@Suite struct ImageVarianceTests {
  @Test func ofOneImageThatTheNetworkKnowsThereIsNone() throws {
    let model = try constantModel(0.25, prediction: .sample, clipRange: 1, timesteps: 50)
    let images = Images(
      size: model.imageSize, values: Array(repeating: 0.25, count: 3 * model.imageSize.values))
    let found = model.imageVariance(of: images, threads: 2)
    #expect(found.count == 50)
    #expect(model.schedule.timesteps.allSatisfy { found[$0] < 1e-12 })
  }

  /// A velocity of 0 is the estimate √ᾱ x_t of N(0, 1) images, which given x_t have the variance 1 - ᾱ.
  @Test func ofImagesOfNoiseItIsTheNoisesShare() throws {
    let model = try constantModel(0, prediction: .velocity, clipRange: nil, timesteps: 100)
    let found = model.imageVariance(of: model.noise(400, seed: 5), threads: 2)
    for t in model.schedule.timesteps {
      let exact = 1 - model.schedule.alphaBar(t)
      // 164 images of 16 values: their mean square has a relative deviation of 0.028.
      #expect(abs(found[t] / exact - 1) < 5 * 0.028, "timestep \(t)")
    }
  }

  @Test func itDoesNotDependOnThreads() throws {
    let model = try SmallTraining.conditionalTrainer(classes: 3).snapshot()
    let images = model.noise(10, seed: 2)
    let one = model.imageVariance(of: images, seed: 3, threads: 1)
    #expect(model.imageVariance(of: images, seed: 3, threads: 3) == one)
    #expect(model.imageVariance(of: images, seed: 4, threads: 2) != one)
  }
}
