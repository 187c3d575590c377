// Fourier features against Double, and their derivative.

import Foundation
import Kernels
import TestSupport
import Testing

/// ω.
private func frequency(_ exponent: Int) -> Double {
  pow(2, Double(exponent)) * Double.pi * 255 / 256
}

/// [rows, channels·(1 + 2·exponents)] in double precision.
private func features(_ x: [Float], _ exponents: [Int], channels: Int) -> [Double] {
  stride(from: 0, to: x.count, by: channels).flatMap { row in
    let values = x[row..<row + channels].map(Double.init)
    return values
      + exponents.flatMap { n in
        let angle = frequency(n)
        return values.map { sin(angle * $0) } + values.map { cos(angle * $0) }
      }
  }
}

@Test(arguments: [(1, 1), (7, 1), (17, 3), (33, 2), (5, 16)])
func fourierFeaturesAreSinesAndCosines(rows: Int, channels: Int) {
  let exponents = [1, 7, 8]
  let values = uniform(rows * channels, bound: 3, seed: 1)
  let (x, y) = (Guarded(values), Guarded(count: rows * channels * 7))
  fourierForward(x.floats, exponents: exponents, into: y.floats, rows: rows, channels: channels)
  // The fractions are exact; the polynomials are good to a few units in the last place of 1.
  expectClose(
    y.values(), features(values, exponents, channels: channels), absolute: 1e-6, relative: 1e-6)
}

@Test func levelsOfGreyArePeriodsApart() {
  let (x, y) = (Guarded((0...255).map { Float($0) / 127.5 - 1 }), Guarded(count: 256 * 5))
  fourierForward(x.floats, exponents: [7, 8], into: y.floats, rows: 256, channels: 1)
  let rows = y.values()
  for level in 0...255 {
    // One period of n = 8, half a period of n = 7; the levels themselves are rounded.
    let (slow, fast) = (rows[level * 5 + 1..<level * 5 + 3], rows[level * 5 + 3..<level * 5 + 5])
    expectClose(Array(fast), [0, -1], absolute: 5e-5, relative: 0)
    expectClose(Array(slow), [level.isMultiple(of: 2) ? 1 : -1, 0], absolute: 5e-5, relative: 0)
  }
}

@Test(arguments: [Accumulation.overwrite, .add])
func fourierSlopesAreTheDerivative(accumulation: Accumulation) {
  let (rows, channels, exponents) = (9, 2, [1, 3])
  let values = uniform(rows * channels, seed: 2)
  let weights = uniform(rows * channels * 5, seed: 3)
  let (y, dy) = (Guarded(count: weights.count), Guarded(weights))
  let x = Guarded(values)
  fourierForward(x.floats, exponents: exponents, into: y.floats, rows: rows, channels: channels)
  let dx = accumulation == .add ? Guarded(target: values) : Guarded(count: values.count)
  fourierBackward(
    y.floats, dy: dy.floats, exponents: exponents, into: dx.floats, accumulation, rows: rows,
    channels: channels)
  let expected = values.enumerated().map { place, value in
    let (row, channel) = (place / channels, place % channels)
    let slopes = weights[row * channels * 5..<(row + 1) * channels * 5].map(Double.init)
    var sum = slopes[channel]
    for (k, n) in exponents.enumerated() {
      let angle = frequency(n)
      let (sine, cosine) = (channels * (1 + 2 * k), channels * (2 + 2 * k))
      sum +=
        angle
        * (cos(angle * Double(value)) * slopes[sine + channel]
          - sin(angle * Double(value)) * slopes[cosine + channel])
    }
    return sum + (accumulation == .add ? Double(value) : 0)
  }
  expectClose(dx.values(), expected, absolute: 3e-5, relative: 1e-5)
}
