// The terms of the bound with a variance per value, with their derivatives.

import Foundation
package import Kernels

/// Where derivatives go, and what they are multiplied by.
package struct VarianceGradients: Sendable {
  /// With respect to what the mean's estimate follows from; nil where it is not wanted.
  let mean: Floats?
  /// With respect to the network's outputs for the variance.
  let output: Floats
  let meanScale: Float
  let outputScale: Float

  /// - Parameters:
  ///   - mean: as many floats as values, or nil.
  ///   - output: as many floats as values.
  ///   - meanScale: what derivatives with respect to the estimate are multiplied by.
  ///   - outputScale: what those with respect to the network's outputs are multiplied by.
  package init(mean: Floats?, output: Floats, meanScale: Float, outputScale: Float) {
    (self.mean, self.output) = (mean, output)
    (self.meanScale, self.outputScale) = (meanScale, outputScale)
  }

  fileprivate func set(_ i: Int, mean slope: Double, logVariance: Double, width: Double) {
    mean?[i] = meanScale * Float(slope)
    output[i] = outputScale * Float(logVariance * width)
  }
}

/// KL of two Gaussians of one mean per value, in nats, by the ratio of their variances.
package func gaussianDivergence(varianceRatio ratio: Double) -> Double {
  (ratio - 1 - log(ratio)) / 2
}

extension LogVarianceRange {
  /// ∂ ln σ²/∂v.
  private var width: Double { logVariance(1) / 2 - logVariance(-1) / 2 }

  /// `divergence`, with its derivatives with respect to the estimates and to the network's outputs.
  package func divergence(
    from variance: Double, weight: Double, _ x: Floats, _ estimates: Floats, _ outputs: Floats,
    gradients: VarianceGradients
  ) -> Double {
    check(x, estimates, outputs)
    let width = width
    var nats = 0.0
    for i in 0..<x.count {
      let logRatio = log(variance) - logVariance(outputs[i])
      let inverse = exp(logRatio) / variance
      let difference = weight * (Double(estimates[i]) - Double(x[i]))
      let squares = (variance + difference * difference) * inverse
      nats += (squares - 1 - logRatio) / 2
      gradients.set(
        i, mean: weight * difference * inverse, logVariance: (1 - squares) / 2, width: width)
    }
    return nats
  }

  /// `discretizedNats`, with its derivatives with respect to the mean and to the network's outputs.
  package func discretizedNats(
    _ x: Floats, mean: Floats, _ outputs: Floats, gradients: VarianceGradients
  ) -> Double {
    check(x, mean, outputs)
    let width = width
    var nats = 0.0
    for i in 0..<x.count {
      let cost = DiscretizedGaussianCost(
        of: Double(x[i]), mean: Double(mean[i]), deviation: exp(logVariance(outputs[i]) / 2))
      nats += cost.nats
      gradients.set(i, mean: cost.meanSlope, logVariance: cost.logVarianceSlope, width: width)
    }
    return nats
  }
}

/// `discretizedGaussianNats`, with its derivative with respect to the mean.
///
/// - Parameters:
///   - x: pixels, the levels of 8 bits mapped to [-1, 1].
///   - mean: the Gaussian's mean for every pixel.
///   - deviation: its standard deviation, positive.
///   - scale: what derivatives are multiplied by.
///   - gradient: as many floats, to be set.
package func discretizedNats(
  _ x: Floats, mean: Floats, deviation: Double, scale: Float, gradient: Floats
) -> Double {
  precondition(
    mean.count == x.count && gradient.count == x.count,
    "\(x.count) pixels, \(mean.count) means, \(gradient.count) derivatives")
  var nats = 0.0
  for i in 0..<x.count {
    let cost = DiscretizedGaussianCost(
      of: Double(x[i]), mean: Double(mean[i]), deviation: deviation)
    nats += cost.nats
    gradient[i] = scale * Float(cost.meanSlope)
  }
  return nats
}

/// -ln p of a pixel, with its derivatives.
struct DiscretizedGaussianCost {
  let nats: Double
  let meanSlope: Double
  let logVarianceSlope: Double

  /// With p = Φ(high) - Φ(low), high and low being in deviations from the mean, and φ the density:
  ///
  /// ```
  /// ∂(-ln p)/∂mean = (φ(high) - φ(low)) / (p σ)    ∂(-ln p)/∂ln σ² = (high φ(high) - low φ(low)) / 2p
  /// ```
  /// φ/p is computed through logarithms, as both vanish far from the mean.
  init(of pixel: Double, mean: Double, deviation: Double) {
    let interval = GreyInterval(of: pixel, mean: mean, deviation: deviation)
    let cost = -interval.logMass
    func ratio(_ z: Double?) -> Double {
      z.map { exp(-$0 * $0 / 2 - log(2 * .pi) / 2 + cost) } ?? 0
    }
    let (low, high) = (ratio(interval.low), ratio(interval.high))
    nats = cost
    meanSlope = (high - low) / deviation
    logVarianceSlope = ((interval.high ?? 0) * high - (interval.low ?? 0) * low) / 2
  }
}
