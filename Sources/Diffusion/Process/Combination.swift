// The algebra of the process: every quantity in it is a linear combination of two others.

package import Kernels

/// A quantity made of an image and noise: x0·(image) + noise·(noise).
///
/// x_t, the velocity, the posterior mean, the image and the noise themselves: at a timestep they
/// all lie in this plane, and one routine computes them all.
public struct Mix: Equatable, Sendable {
  /// The weight of the image x0.
  public let x0: Double
  /// The weight of the standard normal noise ε.
  public let noise: Double

  /// The quantity x0·(image) + noise·(noise).
  ///
  /// - Parameters:
  ///   - x0: the weight of the image.
  ///   - noise: the weight of ε.
  public init(x0: Double, noise: Double) {
    self.x0 = x0
    self.noise = noise
  }

  /// This quantity as a combination of two others, which must not be multiples of each other.
  ///
  /// One solution of a 2 x 2 system stands for the papers' many conversions between predictions.
  func solved(xt: Mix, output: Mix) -> Estimate {
    let determinant = xt.x0 * output.noise - output.x0 * xt.noise
    return Estimate(
      xt: (x0 * output.noise - output.x0 * noise) / determinant,
      output: (xt.x0 * noise - x0 * xt.noise) / determinant)
  }

  /// Computes the quantity for floats of images and noise; `result` may be either of them.
  package func apply(x0 image: Floats, noise epsilon: Floats, into result: Floats) {
    precondition(
      image.count == epsilon.count && image.count == result.count,
      "\(image.count) floats of images, \(epsilon.count) of noise, \(result.count) of results")
    combine(x0, image, noise, epsilon, into: result)
  }
}

/// A quantity estimated from a noisy image and the network's output: xt·(x_t) + output·(output).
public struct Estimate: Equatable, Sendable {
  /// The weight of the noisy image x_t.
  public let xt: Double
  /// The weight of the network's output.
  public let output: Double

  /// The quantity xt·(x_t) + output·(output).
  package init(xt: Double, output: Double) {
    self.xt = xt
    self.output = output
  }

  /// Computes the quantity for floats of noisy images and outputs; `result` may be either of them.
  package func apply(xt noisy: Floats, output values: Floats, into result: Floats) {
    precondition(
      noisy.count == values.count && noisy.count == result.count,
      "\(noisy.count) noisy floats, \(values.count) of output, \(result.count) of results")
    combine(xt, noisy, output, values, into: result)
  }
}
