// The estimate of the squared noise, where its expectation is known.

import Diffusion
import TestSupport
import Testing

@Suite struct SquaredNoiseTests {
  /// x̂0 is the image itself, so that ε̂ is ε.
  @Test func ofOneImageThatTheNetworkKnowsItIsOne() throws {
    let model = try constantModel(0.25, prediction: .sample, clipRange: 1, timesteps: 50)
    let images = Images(
      size: model.imageSize, values: Array(repeating: 0.25, count: 3 * model.imageSize.values))
    let found = model.squaredNoise(of: images, threads: 2)
    #expect(found.count == 50)
    #expect(model.schedule.timesteps.allSatisfy { abs(found[$0] - 1) < 1e-5 })
  }

  /// A velocity of 0 is the estimate √ᾱ x_t of N(0, 1) images, whose ε̂ is √(1 - ᾱ) x_t.
  @Test func ofImagesOfNoiseItIsTheNoisesShare() throws {
    let model = try constantModel(0, prediction: .velocity, clipRange: nil, timesteps: 100)
    let images = model.noise(400, seed: 5)
    let found = model.squaredNoise(of: images, threads: 2)
    for t in model.schedule.timesteps {
      let alphaBar = model.schedule.alphaBar(t)
      // ‖ε̂‖² - ‖ε‖² of one value is ᾱ (ε² - z²) and a product of the two: below 2 √ᾱ of deviation.
      let values = Double(164 * model.imageSize.values)
      let error = 2 * alphaBar.squareRoot() / values.squareRoot()
      #expect(abs(found[t] - (1 - alphaBar)) < 5 * error + 1e-6, "timestep \(t)")
    }
  }

  @Test func itDoesNotDependOnThreads() throws {
    let model = try SmallTraining.conditionalTrainer(classes: 3).snapshot()
    let one = try model.squaredNoise(seed: 3, threads: 1)
    #expect(try model.squaredNoise(seed: 3, threads: 3) == one)
    #expect(try model.squaredNoise(seed: 4, threads: 1) != one)
  }
}
