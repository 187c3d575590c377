// The discretized Gaussian: masses that sum to one, and values of high precision.

import Foundation
import Kernels
import Numerics
import Testing

private func nats(_ pixel: Float, mean: Float, deviation: Double) -> Double {
  let (x, center) = (FloatMemory(count: 1), FloatMemory(count: 1))
  x.all[0] = pixel
  center.all[0] = mean
  return discretizedGaussianNats(x.all, mean: center.all, deviation: deviation)
}

/// The levels of 8 bits in [-1, 1].
private let levels = (0...255).map { Float($0) / 127.5 - 1 }

@Test(arguments: [0.007, 0.05, 1.0], [Float(-1.2), -1, -0.3, 0, 0.8, 1, 1.5])
func theMassesOfAllLevelsSumToOne(deviation: Double, mean: Float) {
  let total = levels.reduce(0) { $0 + exp(-nats($1, mean: mean, deviation: deviation)) }
  // Neighbouring levels are floats, so their borders differ by up to 6e-8; at most two borders have
  // a density of 0.4/deviation.
  #expect(abs(total - 1) < 1e-7 / deviation)
}

/// Pixel, mean, deviation (all exact in binary) and -log(ncdf(high) - ncdf(low)) by mpmath with 60
/// digits; the tail alone for black and white.
private let references: [(pixel: Double, mean: Double, deviation: Double, nats: Double)] = [
  (-1, -1, 0.0078125, 0.36794904890054522),
  (-1, -0.5, 0.0078125, 2021.0706875407701),
  (-1, -0.5, 0.015625, 508.37791302391095),
  (1, 0.875, 0.03125, 9.8373296339158977),
  (0.25, 0.25, 0.0078125, 0.95631904811495557),
  (0.25, 0.3125, 0.0078125, 31.0612218461065),
  (0.25, -0.75, 0.03125, 512.37423725362069),
  (0.5, -0.5, 0.03125, 512.37423725362069),
  (0, 0, 1, 5.7670574609172757),
  (0, 1, 0.0625, 130.83253356307749),
  (-0.5, 0.5, 0.015625, 2037.0428887345965),
]

@Test func theMassMatchesReferenceValues() {
  for (pixel, mean, deviation, expected) in references {
    let value = nats(Float(pixel), mean: Float(mean), deviation: deviation)
    #expect(abs(value - expected) <= 1e-12 * max(1, abs(expected)), "\(pixel) \(mean) \(deviation)")
  }
}

@Test func theMassIsSymmetric() {
  for (pixel, mean) in [(Float(0.25), Float(0.1)), (-1, -0.9), (0.5, -0.75), (1, -1)] {
    let (one, other) = (
      nats(pixel, mean: mean, deviation: 0.02), nats(-pixel, mean: -mean, deviation: 0.02)
    )
    #expect(abs(one - other) <= 1e-12 * one)
  }
}

@Test func aConfidentMistakeCostsAFiniteNumberOfBits() {
  // z = 270: the mass is below the least Double; its logarithm is about -z²/2.
  let cost = nats(-1, mean: 1, deviation: 0.0074)
  #expect(abs(cost / (pow(2 / 0.0074 - 1 / 255 / 0.0074, 2) / 2) - 1) < 1e-3)
}

/// The sum over all 256 levels, for pixels at the ends and inside, with noise of less than a level and of
/// many.
@Test(arguments: [0.001, 0.004, 0.05])
func aLevelIsAsLikelyAsItMakesTheNoisyPixel(noise: Double) {
  let signal = (1 - noise * noise).squareRoot()
  let levels = [0, 255, 1, 128, 200]
  let x = FloatMemory(levels.map { Float(Double($0) / 127.5 - 1) })
  let offsets = [0.3, -1.2, 2.5, 0, -0.7]
  let z = FloatMemory(
    zip(levels, offsets).map { Float(signal * (Double($0) / 127.5 - 1) + noise * $1) })
  let expected = (0..<5).reduce(0.0) { sum, i in
    func weight(_ level: Int) -> Double {
      let difference = Double(z.all[i]) - signal * (Double(level) / 127.5 - 1)
      return -difference * difference / (2 * noise * noise)
    }
    return sum + log((0...255).reduce(0.0) { $0 + exp(weight($1) - weight(levels[i])) })
  }
  let nats = withExtendedLifetime((x, z)) {
    levelNats(x.all.slice(0, 5), given: z.all.slice(0, 5), signal: signal, noise: noise)
  }
  // The floats' own rounding, in deviations.
  #expect(abs(nats - expected) < 1e-3 * max(1, expected), "\(nats), \(expected)")
}
