// Average pooling over squares of two by two pixels, and its gradient.

/// The rows or columns of an image that one pooled row or column averages: two, or the last one
/// alone.
@inline(__always)
private func window(_ place: Int, of count: Int) -> Range<Int> {
  2 * place..<min(2 * place + 2, count)
}

/// y[h, w] = the mean of x[2h + i, 2w + j] over the i, j in 0...1 that lie in the image.
///
/// - Parameters:
///   - x: [height, width, channels].
///   - y: [⌈height/2⌉, ⌈width/2⌉, channels].
package func averagePoolForward(
  _ x: Floats, height: Int, width: Int, channels: Int, into y: Floats
) {
  x.require([height, width, channels], "x")
  y.require([(height + 1) / 2, (width + 1) / 2, channels], "y")
  var target = y.base
  for row in 0..<(height + 1) / 2 {
    for column in 0..<(width + 1) / 2 {
      let (rows, columns) = (window(row, of: height), window(column, of: width))
      let share = 1 / Float(rows.count * columns.count)
      vectorized(channels) { c, n in
        var sum = Vector()
        for i in rows {
          for j in columns { sum += Vector(at: x.base + (i * width + j) * channels + c) }
        }
        (sum * share).store(first: n, at: target + c)
      }
      target += channels
    }
  }
}

/// dx[2h + i, 2w + j] = dy[h, w] over the number of pixels that share it, or added to what dx holds.
package func averagePoolBackward(
  _ dy: Floats, height: Int, width: Int, channels: Int, into dx: Floats,
  _ accumulation: Accumulation
) {
  let pooledWidth = (width + 1) / 2
  dy.require([(height + 1) / 2, pooledWidth, channels], "dy")
  dx.require([height, width, channels], "dx")
  for i in 0..<height {
    for j in 0..<width {
      let pixels = window(i / 2, of: height).count * window(j / 2, of: width).count
      let share = 1 / Float(pixels)
      let (from, to) = (
        dy.base + (i / 2 * pooledWidth + j / 2) * channels,
        dx.base + (i * width + j) * channels
      )
      vectorized(channels) { c, n in
        accumulation.start(at: to + c).adding(share, times: Vector(at: from + c))
          .store(first: n, at: to + c)
      }
    }
  }
}
