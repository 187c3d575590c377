// A picture of 8-bit pixels, as picture files hold it.

/// Rows of pixels: 0 is black, 255 is white.
public struct Picture: Equatable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Values of a pixel: 1 is grey, 3 is RGB.
  public let channels: Int
  /// The values row by row, a pixel's channels side by side: [H, W, C].
  public let pixels: [UInt8]

  /// A picture from its pixels.
  ///
  /// - Parameters:
  ///   - width: pixels in a row, one or more.
  ///   - height: rows, one or more.
  ///   - channels: values of a pixel: 1 is grey, 3 is RGB.
  ///   - pixels: [H, W, C] bytes.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      min(width, height, channels) > 0
        && [width, height, channels].checkedProduct == pixels.count,
      "\(pixels.count) bytes for a picture of \(width) x \(height) pixels of \(channels) channels")
    (self.width, self.height, self.channels) = (width, height, channels)
    self.pixels = pixels
  }
}
