// The probability of 8-bit pixels given a noisy image with hardly any noise: the decoder of VDM.

import Foundation
package import Kernels

/// Σ -ln p(x | z) over pixels, where a level of grey is as likely as it makes z:
///
/// ```
/// p(x | z) ∝ N(z; α x, σ²) over the 256 levels
/// ```
/// - Parameters:
///   - x: pixels, the levels of 8 bits mapped to [-1, 1].
///   - z: α x + σ ε.
///   - signal: α.
///   - noise: σ, positive.
package func levelNats(_ x: Floats, given z: Floats, signal: Double, noise: Double) -> Double {
  let ratio = 2.0 / 255 * signal / noise
  // Levels further away than this many deviations take no part.
  let most = Int((14 / ratio).rounded(.up)) + 1
  return (0..<x.count).reduce(0) { nats, i in
    let own = Int(((Double(x[i]) + 1) * 127.5).rounded())
    let deviation = (Double(z[i]) - signal * Double(x[i])) / noise
    let levels = max(-own, -most)...min(255 - own, most)
    let sum = levels.reduce(0.0) { sum, k in
      let distance = ratio * Double(k)
      return sum + exp(distance * (deviation - distance / 2))
    }
    return nats + log(sum)
  }
}
