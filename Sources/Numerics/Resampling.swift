// Downsamples images: each pixel is the mean of the area that it covers.

extension Pixels {
  /// The images in another size: each pixel is the mean of the original pixels that it covers,
  /// weighted by the share of each that it covers.
  ///
  /// - Parameters:
  ///   - bytes: [N, H, W, C].
  ///   - size: H and W, above 0.
  ///   - target: the new height and width, above 0.
  /// - Returns: [N, target height, target width, C].
  package static func resample(
    _ bytes: [UInt8], from size: (height: Int, width: Int), to target: (height: Int, width: Int),
    channels: Int
  ) -> [UInt8] {
    let image = size.height * size.width * channels
    let count = bytes.count / image * target.height * target.width * channels
    let rows = (0..<target.height).map { cover($0, of: target.height, size.height) }
    let columns = (0..<target.width).map { cover($0, of: target.width, size.width) }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for start in stride(from: 0, to: bytes.count, by: image) {
      for row in rows {
        for column in columns {
          for channel in 0..<channels {
            var sum: Float = 0
            for (y, height) in row {
              for (x, width) in column {
                let value = bytes[start + (y * size.width + x) * channels + channel]
                sum += height * width * Float(value)
              }
            }
            result.append(UInt8(sum + 0.5))
          }
        }
      }
    }
    return result
  }

  /// The pixels of a line of `count` that pixel `place` of a line of `parts` covers, with their
  /// weights, which add up to 1.
  private static func cover(
    _ place: Int, of parts: Int, _ count: Int
  ) -> [(pixel: Int, share: Float)] {
    // In units of 1/parts of a pixel all edges are whole numbers.
    let (low, high) = (place * count, (place + 1) * count)
    return (low / parts...(high - 1) / parts).map { pixel in
      let covered = min(high, (pixel + 1) * parts) - max(low, pixel * parts)
      return (pixel, Float(covered) / Float(count))
    }
  }
}
