// The variational bound: the bits per dimension that an image costs under the model.

import Foundation
package import Kernels
internal import Numerics

/// The terms of DDPM Eq. 5, each in bits per dimension; their sum bounds -log2 p(x0) from above.
///
/// The model's variance is fixed, so a term only depends on how far off the estimate of x0 is.
package struct VariationalBound: Equatable, Sendable {
  /// The process whose steps are summed.
  package let schedule: NoiseSchedule
  /// The variance of p(x_{t-1} | x_t).
  package let variance: PosteriorVariance

  /// The bound of a process with one of DDPM's two variances.
  package init(schedule: NoiseSchedule, variance: PosteriorVariance) {
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
    let posterior = schedule.posterior(from: t, to: t.advanced(by: -1))
    let sigma2 = posterior.variance(variance)
    let ratio = posterior.variance(.small) / sigma2
    let means = posterior.x0Weight * posterior.x0Weight * squaredError / sigma2
    let variances = ratio - 1 - log(ratio)
    return (means + variances) / 2 / M_LN2
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
    let nats = discretizedGaussianNats(
      images, mean: estimates, deviation: schedule.decoderVariance.squareRoot())
    return nats / Double(images.count) / M_LN2
  }
}
