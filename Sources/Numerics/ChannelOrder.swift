// Converts images between channels first, [N, C, H, W], as in files, and channels last,
// [N, H, W, C].

/// [N, H, W, C] from [N, C, H, W].
///
/// - Parameters:
///   - values: a whole number of images of `channels` planes of `pixels` floats.
///   - channels: C.
///   - pixels: H·W.
package func channelsLast(_ values: [Float], channels: Int, pixels: Int) -> [Float] {
  transposeImages(values, rows: channels, columns: pixels)
}

/// [N, C, H, W] from [N, H, W, C].
///
/// - Parameters:
///   - values: a whole number of images of `pixels` pixels of `channels` floats.
///   - channels: C.
///   - pixels: H·W.
package func channelsFirst(_ values: [Float], channels: Int, pixels: Int) -> [Float] {
  transposeImages(values, rows: pixels, columns: channels)
}

/// Transposes each image, a matrix of `rows` x `columns`.
private func transposeImages(_ values: [Float], rows: Int, columns: Int) -> [Float] {
  if rows == 1 || columns == 1 { return values }
  var output = [Float](repeating: 0, count: values.count)
  for start in stride(from: 0, to: values.count, by: rows * columns) {
    for row in 0..<rows {
      for column in 0..<columns {
        output[start + column * rows + row] = values[start + row * columns + column]
      }
    }
  }
  return output
}
