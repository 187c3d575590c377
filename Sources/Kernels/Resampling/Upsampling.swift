// Nearest-neighbour upsampling by two, and its gradient.

/// y[2h + i, 2w + j] = x[h, w] for one image.
///
/// - Parameters:
///   - x: [height, width, channels].
///   - y: [2·height, 2·width, channels].
package func upsampleForward(
  _ x: Floats, height: Int, width: Int, channels: Int, into y: Floats
) {
  x.require([height, width, channels], "x")
  y.require([2 * height, 2 * width, channels], "y")
  let rowLength = 2 * width * channels
  for row in 0..<height {
    let upper = y.base + 2 * row * rowLength
    for column in 0..<width {
      let pixel = x.base + (row * width + column) * channels
      (upper + 2 * column * channels).update(from: pixel, count: channels)
      (upper + (2 * column + 1) * channels).update(from: pixel, count: channels)
    }
    (upper + rowLength).update(from: upper, count: rowLength)
  }
}

/// dx[h, w] = Σ_ij dy[2h + i, 2w + j], or added to what dx holds.
package func upsampleBackward(
  _ dy: Floats, height: Int, width: Int, channels: Int, into dx: Floats,
  _ accumulation: Accumulation
) {
  dy.require([2 * height, 2 * width, channels], "dy")
  dx.require([height, width, channels], "dx")
  let rowLength = 2 * width * channels
  for row in 0..<height {
    for column in 0..<width {
      let upper = dy.base + 2 * row * rowLength + 2 * column * channels
      let lower = upper + rowLength
      let pixel = dx.base + (row * width + column) * channels
      vectorized(channels) { c, n in
        let top = Vector(at: upper + c) + Vector(at: upper + channels + c)
        let bottom = Vector(at: lower + c) + Vector(at: lower + channels + c)
        (accumulation.start(at: pixel + c) + (top + bottom)).store(first: n, at: pixel + c)
      }
    }
  }
}
