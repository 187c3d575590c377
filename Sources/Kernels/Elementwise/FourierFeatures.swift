// Fourier features of values: sines and cosines that tell apart what differs by less than a level of grey.

/// y = (x, sin ωx and cos ωx for each n), ω = 2ⁿπ·255/256, all channels of x one after the other in each.
///
/// The levels of grey of an image in [-1, 1] lie 2/255 apart, so n = 8 has a period for each: it says how far x
/// is from the nearest level, wherever that is. In Kingma et al. (2021, Appendix C) ω is 2ⁿπ and levels lie
/// 2/256 apart.
///
/// - Parameters:
///   - x: [rows, channels].
///   - exponents: n, above 0.
///   - y: [rows, channels·(1 + 2·exponents)].
package func fourierForward(
  _ x: Floats, exponents: [Int], into y: Floats, rows: Int, channels: Int
) {
  let width = channels * (1 + 2 * exponents.count)
  x.require([rows, channels], "x")
  y.require([rows, width], "y")
  var place = (row: 0, channel: 0)
  vectorized(rows * channels) { i, n in
    let values = Vector(at: x.base + i)
    let first = place
    scatter(values, n, from: first, channels, y, width: width, offset: 0)
    for (k, exponent) in exponents.enumerated() {
      // ωx/2π = a - a/256: of powers of two times x the fractions are exact, of a product with ω they are not.
      let a = values * Vector(repeating: Float(1 << (exponent - 1)))
      let turns = a.fraction - (a * Vector(repeating: 1 / 256)).fraction
      let (sine, cosine) = turns.fraction.sineAndCosineOfTurns
      scatter(sine, n, from: first, channels, y, width: width, offset: channels * (1 + 2 * k))
      scatter(cosine, n, from: first, channels, y, width: width, offset: channels * (2 + 2 * k))
    }
    let next = first.channel + n
    place = (first.row + next / channels, next % channels)
  }
}

extension Vector {
  /// What is above the whole numbers, in 0 ..< 1.
  @inline(__always)
  fileprivate var fraction: Vector { self - rounded(.down) }
}

/// Writes a vector's first floats to one place of each row.
@inline(__always)
private func scatter(
  _ vector: Vector, _ count: Int, from start: (row: Int, channel: Int), _ channels: Int,
  _ y: Floats, width: Int, offset: Int
) {
  var (row, channel) = start
  for i in 0..<count {
    y.base[row * width + offset + channel] = vector[i]
    channel += 1
    if channel == channels { (row, channel) = (row + 1, 0) }
  }
}

/// dx = dy of x + Σ ω (cos·dy of sin - sin·dy of cos), or added to what dx holds.
///
/// - Parameters:
///   - y: what `fourierForward` wrote.
///   - dy: the gradient with respect to it.
package func fourierBackward(
  _ y: Floats, dy: Floats, exponents: [Int], into dx: Floats, _ accumulation: Accumulation,
  rows: Int, channels: Int
) {
  let width = channels * (1 + 2 * exponents.count)
  y.require([rows, width], "y")
  dy.require([rows, width], "dy")
  dx.require([rows, channels], "dx")
  for row in 0..<rows {
    let (values, slopes) = (y.base + row * width, dy.base + row * width)
    for channel in 0..<channels {
      var sum = slopes[channel]
      for (k, exponent) in exponents.enumerated() {
        let (sine, cosine) = (channels * (1 + 2 * k) + channel, channels * (2 + 2 * k) + channel)
        sum +=
          Float(1 << exponent) * .pi * (255 / 256)
          * (values[cosine] * slopes[sine] - values[sine] * slopes[cosine])
      }
      let target = dx.base + row * channels + channel
      switch accumulation {
      case .overwrite: target.pointee = sum
      case .add: target.pointee += sum
      }
    }
  }
}
