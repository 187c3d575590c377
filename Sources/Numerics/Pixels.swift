// Pixels between bytes (0 to 255, as files hold them) and floats (-1 to 1, as the network sees them).

package import Kernels

/// Conversions of pixels, and their enlargement.
package enum Pixels {
  /// x = p/127.5 - 1 for each byte p.
  package static func floats(_ bytes: [UInt8]) -> [Float] {
    [Float](unsafeUninitializedCapacity: bytes.count) { floats, count in
      bytes.withUnsafeBufferPointer { bytes in
        if let to = floats.baseAddress, let from = bytes.baseAddress {
          decode(from, to, count: bytes.count)
        }
      }
      count = bytes.count
    }
  }

  /// x = p/127.5 - 1 for the bytes from `offset` on, as many as `floats` has room for.
  package static func decode(_ bytes: [UInt8], from offset: Int, into floats: Floats) {
    bytes.withUnsafeBufferPointer { bytes in
      if let from = bytes.baseAddress {
        decode(from + offset, floats.base, count: floats.count)
      }
    }
  }

  /// p = round(255·clamp(x/2 + 1/2, 0, 1)) for each float x, halves to even, as diffusers' pipelines
  /// make their images; NaN is black.
  package static func bytes(_ floats: [Float]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: floats.count) { bytes, count in
      floats.withUnsafeBufferPointer { floats in
        if let to = bytes.baseAddress, let from = floats.baseAddress {
          encode(from, to, count: floats.count)
        }
      }
      count = floats.count
    }
  }

  /// An image with every pixel repeated `factor` times in both directions.
  ///
  /// - Parameters:
  ///   - bytes: [H, W, C].
  ///   - width: W.
  ///   - channels: C.
  ///   - factor: how many times.
  /// - Returns: [factor·H, factor·W, C].
  package static func enlarge(
    _ bytes: [UInt8], width: Int, channels: Int, by factor: Int
  ) -> [UInt8] {
    let row = width * channels
    let total = bytes.count * factor * factor
    return [UInt8](unsafeUninitializedCapacity: total) { large, count in
      var next = 0
      for start in stride(from: 0, to: bytes.count, by: row) {
        for _ in 0..<factor {
          for pixel in stride(from: start, to: start + row, by: channels) {
            for _ in 0..<factor {
              for channel in 0..<channels { large[next + channel] = bytes[pixel + channel] }
              next += channels
            }
          }
        }
      }
      count = total
    }
  }

  private static func decode(
    _ bytes: UnsafePointer<UInt8>, _ floats: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count { floats[i] = Float(bytes[i]) / 127.5 - 1 }
  }

  private static func encode(
    _ floats: UnsafePointer<Float>, _ bytes: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    for i in 0..<count {
      let value = floats[i] / 2 + 0.5
      // These comparisons are false for NaN, which must not reach the conversion to an integer.
      let clamped: Float = value > 0 ? (value < 1 ? value : 1) : 0
      let rounded = (255 * clamped).rounded(.toNearestOrEven)
      bytes[i] = UInt8(truncatingIfNeeded: Int32(rounded))
    }
  }
}
