// The variational bound: the bits per dimension that an image costs under the model.

import Foundation
package import Kernels
internal import Numerics

/// The terms of DDPM Eq. 5, each in bits per dimension; their sum bounds -log2 p(x0) from above.
///
/// Where the model's variance is the same for all values, a term only depends on how far off the
/// estimate of x0 is; where the network learned it, on every value.
package struct VariationalBound: Equatable, Sendable {
  /// The process whose steps are summed.
  package let schedule: NoiseSchedule
  /// The variance of p(x_{t-1} | x_t).
  package let variance: ReverseVariance

  /// The bound of a process.
  package init(schedule: NoiseSchedule, variance: ReverseVariance) {
    self.schedule = schedule
    self.variance = variance
  }

  /// L_T: what the end of the forward process still reveals of the image.
  ///
  /// - Parameter meanSquare: the mean of x0² over all the values.
  package func prior(meanSquare: Double) -> Double {
    schedule.priorBitsPerDimension(meanSquare: meanSquare)
  }

  /// L_{t-1} = KL(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t)) for t in 2...T.
  ///
  /// Both means share their part of x_t, so they differ by c (x0 - x̂0), c being the weight of the
  /// image in the posterior's mean (DDPM Eq. 7):
  /// ```
  /// (c² · error / σ² + (β̃/σ² - 1 - ln(β̃/σ²))) / 2 / ln 2
  /// ```
  /// - Parameter squaredError: the mean of (x0 - x̂0)² over all the values.
  package func term(at t: Timestep, squaredError: Double) -> Double {
    precondition(t > Timestep(1), "the term of timestep \(t) is the decoder's")
    let before = t.advanced(by: -1)
    let posterior = schedule.posterior(from: t, to: before)
    let sigma2 =
      switch variance {
      case .fixed(let choice): posterior.variance(choice)
      case .optimal(let image): schedule.optimalVariance(from: t, to: before, image)
      case .learned: preconditionFailure("a learned variance is not one number")
      }
    let means = posterior.x0Weight * posterior.x0Weight * squaredError / sigma2
    let variances = gaussianDivergence(varianceRatio: posterior.variance(.small) / sigma2)
    return (means / 2 + variances) / M_LN2
  }

  /// L_0 = -log2 p(x_0 | x_1): the mass a Gaussian around the estimate gives to the 8-bit image
  /// (DDPM Eq. 13).
  ///
  /// Exact, where the authors' code approximates Φ by a tanh: expect differences of 1e-4.
  ///
  /// - Parameters:
  ///   - images: x0, 8-bit levels mapped to [-1, 1].
  ///   - estimates: the estimates of x0 from x_1, which are the means of p(x_0 | x_1).
  package func decoder(_ images: Images, estimates: Images) -> Double {
    let (x, means) = (FloatMemory(images.values), FloatMemory(estimates.values))
    return withExtendedLifetime((x, means)) { decoder(x.all, estimates: means.all) }
  }

  /// The same for floats.
  package func decoder(_ images: Floats, estimates: Floats) -> Double {
    precondition(
      images.count == estimates.count,
      "\(images.count) floats of images, \(estimates.count) of estimates")
    let nats = discretizedGaussianNats(images, mean: estimates, deviation: decoderDeviation)
    return nats / Double(images.count) / M_LN2
  }

  /// L_0 of a process that begins with noise, with p(x_0 | x_1) ∝ q(x_1 | x_0) over the levels of grey
  /// (VDM, Kingma et al. 2021): there is so little noise that x_1 itself says which level it was.
  ///
  /// - Parameters:
  ///   - images: x0, 8-bit levels mapped to [-1, 1].
  ///   - noisy: x_1.
  package func decoder(_ images: Floats, given noisy: Floats) -> Double {
    let mix = schedule.noised(at: Timestep(1))
    let nats = levelNats(images, given: noisy, signal: mix.x0Weight, noise: mix.noiseWeight)
    return nats / Double(images.count) / M_LN2
  }

  /// The standard deviation of p(x_0 | x_1).
  package var decoderDeviation: Double {
    if schedule.beginsWithNoise {
      return 1 / schedule.signalToNoise(Timestep(1)).squareRoot()
    }
    switch variance {
    case .fixed, .learned: return schedule.decoderVariance.squareRoot()
    case .optimal(let image):
      return max(VariationalBound.leastDeviation, image[Timestep(1)].squareRoot())
    }
  }

  /// Of the optimal decoder where the estimates are the images themselves: far below the 0.0039 of half a
  /// level of grey, so that a pixel costs nothing.
  private static let leastDeviation = 1e-5

  /// L_{t-1} for t in 2...T, and L_0 for t = 1, with the variances that the network outputs.
  ///
  /// - Parameters:
  ///   - images: x0; at t = 1 8-bit levels mapped to [-1, 1].
  ///   - estimates: the estimates of x0 from x_t.
  ///   - outputs: the network's for the variance of each value.
  package func learnedTerm(
    at t: Timestep, _ images: Floats, estimates: Floats, _ outputs: Floats
  ) -> Double {
    precondition(
      images.count == estimates.count && images.count == outputs.count,
      "\(images.count) floats of images, \(estimates.count) of estimates, \(outputs.count) of variances"
    )
    let before = t.advanced(by: -1)
    let (small, large) = schedule.logVariances(from: t, to: before)
    let range = LogVarianceRange(small: small, large: large)
    let nats: Double
    if before == .zero {
      nats = range.discretizedNats(images, mean: estimates, outputs)
    } else {
      let posterior = schedule.posterior(from: t, to: before)
      nats = range.divergence(
        from: posterior.variance(.small), weight: posterior.x0Weight, images, estimates, outputs)
    }
    return nats / Double(images.count) / M_LN2
  }
}
