// The probability of 8-bit pixels under a Gaussian: the decoder of DDPM's likelihood (Eq. 13).

import Foundation
package import Kernels

/// Σ -ln p(x) over pixels, p being a Gaussian's mass on the pixel's own interval of grey.
///
/// Computed through erfc and logarithms: the authors' tanh approximation is off by up to 2e-4 and
/// gives up at 1e-12, 27.6 nats, which a confident mistake exceeds.
///
/// - Parameters:
///   - x: pixels, the levels of 8 bits mapped to [-1, 1].
///   - mean: the Gaussian's mean for every pixel.
///   - deviation: its standard deviation, positive.
package func discretizedGaussianNats(_ x: Floats, mean: Floats, deviation: Double) -> Double {
  (0..<x.count).reduce(0) { nats, i in
    nats + discretizedGaussianNats(Double(x[i]), mean: Double(mean[i]), deviation: deviation)
  }
}

/// The same of one pixel.
func discretizedGaussianNats(_ pixel: Double, mean: Double, deviation: Double) -> Double {
  -GreyInterval(of: pixel, mean: mean, deviation: deviation).logMass
}

/// A pixel's own interval of grey, in standard deviations from a Gaussian's mean: those of black and white
/// include the tails.
struct GreyInterval {
  /// nil is minus infinity.
  let low: Double?
  /// nil is infinity.
  let high: Double?

  private static let halfLevel = 1.0 / 255

  init(of pixel: Double, mean: Double, deviation: Double) {
    let (darker, brighter) = (pixel - GreyInterval.halfLevel, pixel + GreyInterval.halfLevel)
    low = darker < -1 ? nil : (darker - mean) / deviation
    high = brighter > 1 ? nil : (brighter - mean) / deviation
  }

  /// ln of the Gaussian's mass on it.
  var logMass: Double {
    switch (low, high) {
    case (nil, let high?): logNormalCDF(high)
    case (let low?, nil): logNormalCDF(-low)
    case (let low?, let high?): logNormalMass(low, high)
    case (nil, nil): 0
    }
  }
}

/// ln(Φ(high) - Φ(low)) for low < high.
func logNormalMass(_ low: Double, _ high: Double) -> Double {
  // In the upper tail the difference of two numbers near 1 would cancel: mirror it.
  if low > 0 { return logNormalMass(-high, -low) }
  // Across the middle two positive numbers are added.
  if high > 0 { return log((erf(high * sqrtHalf) + erf(-low * sqrtHalf)) / 2) }
  let logHigh = logNormalCDF(high)
  return logHigh + log(-expm1(logNormalCDF(low) - logHigh))
}

/// ln Φ(z), also where Φ(z) is smaller than any Double.
func logNormalCDF(_ z: Double) -> Double {
  if z > 0 { return log1p(-erfc(z * sqrtHalf) / 2) }
  if z > asymptoticFrom { return log(erfc(-z * sqrtHalf) / 2) }
  // Φ(z) = φ(z)/|z| · (1 - 1/z² + 3/z⁴ - 15/z⁶ + 105/z⁸ …): five terms leave 2e-12 at z = -30.
  let r = 1 / (z * z)
  let series = 1 - r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r)))
  return -z * z / 2 - log(-z) - log(2 * .pi) / 2 + log(series)
}

private let sqrtHalf = 0.5.squareRoot()
/// Below this the asymptotic series is good to 2e-12; erfc underflows at -38.
private let asymptoticFrom = -30.0
