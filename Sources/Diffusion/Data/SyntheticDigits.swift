// The built-in data set: handwritten-looking digits that the program draws itself.

internal import Kernels

/// Digits 28 x 28 drawn as strokes of a pen with random shape, slant, width, wobble, place and
/// size, with statistics close to MNIST's, for use where there is no file to read.
///
/// Image i of a split is the same bytes everywhere and whatever is drawn besides it; its label is
/// i mod 10, so that any stretch of a split is balanced.
public enum SyntheticDigits {
  /// Which of the two sets of images.
  public enum Split: Sendable, CaseIterable {
    /// The images to learn from.
    case train
    /// The images held out.
    case test

    /// How many images the split has.
    public var count: Int {
      switch self {
      case .train: 20_000
      case .test: 2_000
      }
    }

    fileprivate var stream: UInt32 {
      switch self {
      case .train: 0
      case .test: 1
      }
    }
  }

  /// The size of every image.
  public static let size = ImageSize(height: 28, width: 28, channels: 1)

  /// Draws all images of a split.
  ///
  /// - Returns: the images and the digit that each shows.
  public static func images(_ split: Split) -> (images: ByteImages, labels: [UInt8]) {
    images(split, range: 0..<split.count)
  }

  /// Draws the images of a split at the places `range`.
  ///
  /// - Returns: the images and the digit that each shows.
  public static func images(
    _ split: Split, range: Range<Int>
  ) -> (images: ByteImages, labels: [UInt8]) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= split.count,
      "images \(range) of \(split.count)")
    let philox = Philox(seed: seed, stream: split.stream)
    let labels = range.map { UInt8($0 % Glyph.digits.count) }
    var pixels = [UInt8](repeating: 0, count: range.count * size.values)
    for (place, label) in labels.enumerated() {
      var draws = Draws(philox: philox, item: UInt32(range.lowerBound + place))
      let writing = Handwriting(of: Int(label), draws: &draws)
      for stroke in writing.strokes {
        Stroke.draw(
          stroke, softness: writing.softness, width: size.width, height: size.height,
          image: place, of: &pixels)
      }
    }
    return (ByteImages(size: size, pixels: pixels), labels)
  }

  /// Fixes the data set; nothing else uses these random numbers.
  private static let seed: UInt64 = 0x6469_6769_7473
}
