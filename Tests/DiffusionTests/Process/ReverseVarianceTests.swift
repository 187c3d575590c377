// The optimal variance and the range of learned ones: closed forms and diffusers' numbers.

import Diffusion
import Foundation
import TestSupport
import Testing

/// Data N(0, 1/4) in double precision (NumPy).
private struct Reference: Decodable {
  struct Table: Decodable {
    let reverseVariance: Steps
  }
  struct Steps: Decodable {
    let steps: [Step]
  }
  struct Step: Decodable {
    let t, prev: Int
    let meanEpsHatSquared, betaTilde, optimal, beta: Double
  }
  let f64Table: Table
}

@Suite struct ReverseVarianceTests {
  private let schedule: NoiseSchedule

  init() throws { schedule = try NoiseSchedule(.linear, timesteps: 1000) }

  private func steps() throws -> [(t: Timestep, s: Timestep)] {
    let path = try StepSpacing.trailing.timesteps(10, of: schedule) + [.zero]
    return Array(zip(path, path.dropFirst())).map { (t: $0, s: $1) }
  }

  @Test(.needsFixtures) func theOptimalVarianceOfAGaussianIsTheReferences() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let reference = try decoder.decode(
      Reference.self, from: Data(contentsOf: Fixtures.url("solvers/gaussian.json")))
    for step in reference.f64Table.reverseVariance.steps {
      let (t, s) = (Timestep(index: step.t), Timestep(index: step.prev))
      var values = Array(repeating: 0.0, count: 1000)
      values[step.t] = step.meanEpsHatSquared
      let found = schedule.optimalVariance(
        from: t, to: s, ImageVariance(squaredNoise: values, in: schedule))
      // 1 - Γ cancels where alphaBar is small.
      let leave = 1e-15 / schedule.alphaBar(t)
      #expect(abs(found / step.optimal - 1) <= 1e-12 + leave, "from \(t)")
      #expect(step.betaTilde < found && found < step.beta)
    }
  }

  /// E ε̂² is 1 - ᾱ where x_t is all that is known of the image: data N(0, 1).
  @Test func whereNothingIsKnownOfTheImageItIsBeta() throws {
    let image = ImageVariance(
      squaredNoise: schedule.timesteps.map { 1 - schedule.alphaBar($0) }, in: schedule)
    for (t, s) in try steps() {
      let beta = schedule.posterior(from: t, to: s).variance(.large)
      #expect(abs(schedule.optimalVariance(from: t, to: s, image) / beta - 1) < 1e-9)
    }
  }

  @Test func whereThereIsOneImageItIsBetaTilde() throws {
    let image = ImageVariance(squaredNoise: schedule.timesteps.map { _ in 1 }, in: schedule)
    for (t, s) in try steps() {
      let betaTilde = schedule.posterior(from: t, to: s).variance(.small)
      #expect(schedule.optimalVariance(from: t, to: s, image) == betaTilde)
    }
  }

  @Test func estimatesOutOfBoundsAreThoseOfOneImageOrOfAnyImage() throws {
    for value in [0, 0.5, 1.5, 1e9] {
      let image = ImageVariance(schedule.timesteps.map { _ in value })
      for (t, s) in try steps() {
        let posterior = schedule.posterior(from: t, to: s)
        let found = schedule.optimalVariance(from: t, to: s, image)
        #expect(posterior.variance(.small) <= found)
        // The values of any image in [-1, 1] vary by 1 at most.
        #expect(found <= posterior.variance(.small) + posterior.x0Weight * posterior.x0Weight)
      }
    }
  }

  @Test func aTableOfAnotherScheduleIsRefused() {
    let sampler = DDPMSampler(variance: .optimal(ImageVariance([1, 1])))
    #expect(throws: SamplingError.imageVariance(of: 2, Timestep(1000))) {
      try sampler.check(in: schedule)
    }
  }
}
