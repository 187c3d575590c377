// The algebra of the process: every quantity in it is a linear combination of two others.

package import Kernels

/// A quantity made of an image and noise: x0Weight·(image) + noiseWeight·(noise).
///
/// x_t, the velocity, the posterior mean, the image and the noise themselves: at a timestep they
/// all lie in this plane, and one routine computes them all.
public struct Mix: Equatable, Sendable {
  /// The weight of the image x0.
  public let x0Weight: Double
  /// The weight of the standard normal noise ε.
  public let noiseWeight: Double

  /// The quantity x0Weight·(image) + noiseWeight·(noise).
  ///
  /// - Parameters:
  ///   - x0Weight: the weight of the image.
  ///   - noiseWeight: the weight of ε.
  public init(x0Weight: Double, noiseWeight: Double) {
    self.x0Weight = x0Weight
    self.noiseWeight = noiseWeight
  }

  /// This quantity as a combination of two others, which must not be multiples of each other.
  ///
  /// One solution of a 2 x 2 system stands for the papers' many conversions between predictions.
  func solved(xt: Mix, output: Mix) -> Estimate {
    let determinant = xt.x0Weight * output.noiseWeight - output.x0Weight * xt.noiseWeight
    return Estimate(
      xtWeight: (x0Weight * output.noiseWeight - output.x0Weight * noiseWeight) / determinant,
      outputWeight: (xt.x0Weight * noiseWeight - x0Weight * xt.noiseWeight) / determinant)
  }

  /// Computes the quantity for floats of images and noise; `result` may be either of them.
  package func apply(x0: Floats, noise: Floats, into result: Floats) {
    precondition(
      x0.count == noise.count && x0.count == result.count,
      "\(x0.count) floats of images, \(noise.count) of noise, \(result.count) of results")
    combine(x0Weight, x0, noiseWeight, noise, into: result)
  }
}

/// A quantity estimated from a noisy image and the network's output:
/// xtWeight·(x_t) + outputWeight·(output).
public struct Estimate: Equatable, Sendable {
  /// The weight of the noisy image x_t.
  public let xtWeight: Double
  /// The weight of the network's output.
  public let outputWeight: Double

  /// The quantity xtWeight·(x_t) + outputWeight·(output).
  package init(xtWeight: Double, outputWeight: Double) {
    self.xtWeight = xtWeight
    self.outputWeight = outputWeight
  }

  /// Computes the quantity for floats of noisy images and outputs; `result` may be either of them.
  package func apply(xt: Floats, output: Floats, into result: Floats) {
    precondition(
      xt.count == output.count && xt.count == result.count,
      "\(xt.count) noisy floats, \(output.count) of output, \(result.count) of results")
    combine(xtWeight, xt, outputWeight, output, into: result)
  }
}
