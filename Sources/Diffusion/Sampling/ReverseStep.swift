// One step of sampling: the numbers it is made of, and taking it.

package import Kernels

/// One step back from x_t to x_s:
///
/// ```
/// x̂0 = clip(estimate.xt · x_t + estimate.output · output)
/// x_s = xt · x_t + x0 · x̂0 + sigma · z
/// ```
public struct ReverseStep: Equatable, Sendable {
  /// t, for which the network is asked.
  public let timestep: Timestep
  /// s, where the step leads.
  public let previous: Timestep
  /// The image, from x_t and the network's output, before clipping.
  public let estimate: Estimate
  /// What clips it.
  public let clipping: Clipping
  /// The weight of x_t in x_s.
  public let xt: Double
  /// The weight of the clipped estimate in x_s.
  public let x0: Double
  /// The standard deviation of the noise added; 0 in deterministic steps and in the last one.
  public let sigma: Double

  /// Takes the step for any number of images, in place.
  ///
  /// - Parameters:
  ///   - x: x_t; becomes x_s.
  ///   - output: the network's output; becomes the clipped estimate of x0.
  ///   - noise: standard normal numbers; not read where `sigma` is 0.
  /// - Returns: how many values were clipped.
  @discardableResult
  package func apply(x: Floats, output: Floats, noise: Floats) -> Int {
    let clipped = estimateImage(x: x, output: output)
    combine(xt, x, x0, output, into: x)
    if sigma > 0 {
      precondition(noise.count == x.count, "\(noise.count) floats of noise for \(x.count)")
      combine(1, x, sigma, noise, into: x)
    }
    return clipped
  }

  /// Estimates x0 for any number of images, in place: the network's output becomes x̂0.
  ///
  /// - Returns: how many values were clipped.
  @discardableResult
  package func estimateImage(x: Floats, output: Floats) -> Int {
    estimate.apply(xt: x, output: output, into: output)
    return switch clipping {
    case .none: 0
    case .toRange(let bound): clamp(output, to: bound)
    }
  }
}
