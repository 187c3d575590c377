// Pixels between bytes (0 to 255, as files hold them) and floats (-1 to 1, as the network takes them).

package import Kernels

/// Conversions of pixels, and their enlargement.
package enum Pixels {
  /// x = p/127.5 - 1 for each byte p.
  package static func floats(_ bytes: [UInt8]) -> [Float] { bytes.map(float) }

  /// x = p/127.5 - 1 for the bytes from `offset` on, as many as `floats` has room for.
  package static func decode(_ bytes: [UInt8], from offset: Int, into floats: Floats) {
    for (i, byte) in bytes[offset..<offset + floats.count].enumerated() {
      floats[i] = float(byte)
    }
  }

  /// Mirrors an image left to right.
  ///
  /// - Parameters:
  ///   - floats: [H, W, C], to be changed.
  ///   - width: W.
  ///   - channels: C.
  package static func mirror(_ floats: Floats, width: Int, channels: Int) {
    let row = width * channels
    for start in stride(from: 0, to: floats.count, by: row) {
      for column in 0..<width / 2 {
        let (left, right) = (column * channels, (width - 1 - column) * channels)
        for channel in 0..<channels {
          let kept = floats[start + left + channel]
          floats[start + left + channel] = floats[start + right + channel]
          floats[start + right + channel] = kept
        }
      }
    }
  }

  /// p = round(255·clamp(x/2 + 1/2, 0, 1)) for each float x, halves to even, as diffusers' pipelines
  /// make their images; NaN is black.
  package static func bytes(_ floats: [Float]) -> [UInt8] { floats.map(byte) }

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
    var large: [UInt8] = []
    large.reserveCapacity(bytes.count * factor * factor)
    for start in stride(from: 0, to: bytes.count, by: row) {
      for _ in 0..<factor {
        for pixel in stride(from: start, to: start + row, by: channels) {
          for _ in 0..<factor { large += bytes[pixel..<pixel + channels] }
        }
      }
    }
    return large
  }

  private static func float(_ byte: UInt8) -> Float { Float(byte) / 127.5 - 1 }

  private static func byte(_ float: Float) -> UInt8 {
    let value = float / 2 + 0.5
    // These comparisons are false for NaN, which must not reach the conversion to an integer.
    let clamped: Float = value > 0 ? (value < 1 ? value : 1) : 0
    return UInt8((255 * clamped).rounded(.toNearestOrEven))
  }
}
