// A variance per value, from what a network outputs for it (Nichol and Dhariwal 2021, Eq. 15).

import Foundation
package import Kernels

/// The logarithms between which a network's own variances lie.
package struct LogVarianceRange: Sendable {
  private let small: Double
  private let large: Double

  /// - Parameters:
  ///   - small: the logarithm of the variance where the network outputs -1.
  ///   - large: where it outputs 1.
  package init(small: Double, large: Double) { (self.small, self.large) = (small, large) }

  /// ln σ² where the network outputs v, which may leave [-1, 1].
  func logVariance(_ v: Float) -> Double {
    let share = (Double(v) + 1) / 2
    return share * large + (1 - share) * small
  }

  /// x + σ z at every place, into x.
  ///
  /// - Parameters:
  ///   - z: standard normal numbers.
  ///   - outputs: the network's.
  package func addNoise(_ z: Floats, _ outputs: Floats, to x: Floats) {
    check(x, z, outputs)
    for i in 0..<x.count {
      x[i] += Float(exp(logVariance(outputs[i]) / 2)) * z[i]
    }
  }

  /// Σ KL(N(m₁, σ₁²) || N(m₂, σ²)) in nats, the means differing by a multiple of the difference of two
  /// images:
  ///
  /// ```
  /// Σ (σ₁²/σ² - 1 - ln(σ₁²/σ²) + (c (x - x̂))²/σ²) / 2
  /// ```
  /// - Parameters:
  ///   - variance: σ₁², positive.
  ///   - weight: c.
  ///   - x: images.
  ///   - estimates: as many floats.
  ///   - outputs: the network's, which say σ².
  package func divergence(
    from variance: Double, weight: Double, _ x: Floats, _ estimates: Floats, _ outputs: Floats
  ) -> Double {
    check(x, estimates, outputs)
    var nats = 0.0
    for i in 0..<x.count {
      let logRatio = log(variance) - logVariance(outputs[i])
      let difference = weight * (Double(x[i]) - Double(estimates[i]))
      let squares = variance + difference * difference
      nats += (squares / variance * exp(logRatio) - 1 - logRatio) / 2
    }
    return nats
  }

  /// Σ -ln p(x) over 8-bit pixels: `discretizedGaussianNats` with a deviation per pixel.
  ///
  /// - Parameters:
  ///   - x: pixels, the levels of 8 bits mapped to [-1, 1].
  ///   - mean: the Gaussian's mean for every pixel.
  ///   - outputs: the network's, which say its variance.
  package func discretizedNats(_ x: Floats, mean: Floats, _ outputs: Floats) -> Double {
    check(x, mean, outputs)
    return (0..<x.count).reduce(0) { nats, i in
      nats
        + discretizedGaussianNats(
          Double(x[i]), mean: Double(mean[i]), deviation: exp(logVariance(outputs[i]) / 2))
    }
  }

  func check(_ x: Floats, _ others: Floats, _ outputs: Floats) {
    precondition(
      others.count == x.count && outputs.count == x.count,
      "\(x.count) floats of images, \(others.count) beside them, \(outputs.count) of variances")
  }
}
