// The size of an image.

/// Height, width and channels of an image.
public struct ImageSize: Hashable, Sendable, CustomStringConvertible {
  /// Rows.
  public let height: Int
  /// Pixels in a row.
  public let width: Int
  /// Values of a pixel: 1 is grey, 3 is RGB.
  public let channels: Int

  /// A size in pixels.
  ///
  /// - Parameters:
  ///   - height: rows.
  ///   - width: pixels in a row.
  ///   - channels: values of a pixel: 1 is grey, 3 is RGB.
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// How many numbers an image is: H·W·C.
  public var values: Int { height * width * channels }

  /// "28 x 28" or "32 x 32 x 3".
  public var description: String {
    channels == 1 ? "\(height) x \(width)" : "\(height) x \(width) x \(channels)"
  }
}
