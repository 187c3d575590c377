// Fourier features of values: sines and cosines that tell apart what differs by less than a level of grey.

/// y = (x, sin 2ⁿπx and cos 2ⁿπx for each n), all channels of x one after the other in each (Kingma et al.
/// 2021, Appendix C).
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
      let turns = values * Vector(repeating: Float(1 << (exponent - 1)))
      let (sine, cosine) = (turns - turns.rounded(.down)).sineAndCosineOfTurns
      scatter(sine, n, from: first, channels, y, width: width, offset: channels * (1 + 2 * k))
      scatter(cosine, n, from: first, channels, y, width: width, offset: channels * (2 + 2 * k))
    }
    let next = first.channel + n
    place = (first.row + next / channels, next % channels)
  }
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

/// dx = dy of x + Σ 2ⁿπ (cos·dy of sin - sin·dy of cos), or added to what dx holds.
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
          Float(1 << exponent) * .pi
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
