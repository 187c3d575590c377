// The built-in data set: handwritten-looking digits that the program draws itself.

internal import Kernels
internal import Numerics

/// Digits 28 x 28 drawn as strokes of a pen with random shape, slant, width, wobble, place and
/// size, with statistics close to MNIST's, for use where there is no file to read.
///
/// Image i of a split is the same bytes everywhere, whatever else is drawn; its label is i mod 10, so
/// that any stretch of a split is balanced.
public enum SyntheticDigits {
  /// The size of every image.
  package static let size = ImageSize(height: 28, width: 28, channels: 1)

  /// How many images a split has: 20,000 to learn from, 2,000 held out.
  public static func count(of split: Dataset.Split) -> Int {
    switch split {
    case .train: 20_000
    case .test: 2_000
    }
  }

  /// Draws images of a split.
  ///
  /// - Parameters:
  ///   - split: the images to learn from or those held out.
  ///   - range: which of them, from 0 to below `count(of:)`; nil is all.
  /// - Returns: the images, [N, 28, 28, 1], and the digit that each shows.
  public static func images(
    _ split: Dataset.Split, range: Range<Int>? = nil
  ) -> (images: ByteImages, labels: [UInt8]) {
    let count = count(of: split)
    let range = range ?? 0..<count
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "images \(range) of \(count)")
    let philox = Philox(seed: seed, stream: stream(of: split))
    let labels = range.map { UInt8($0 % Glyph.digits.count) }
    var pixels = [UInt8](repeating: 0, count: range.count * size.values)
    for (place, label) in labels.enumerated() {
      var draws = Draws(philox: philox, item: UInt32(range.lowerBound + place))
      let writing = Handwriting(of: Int(label), draws: &draws)
      for stroke in writing.strokes {
        PenStroke.draw(
          stroke, softness: writing.softness, width: size.width, height: size.height,
          image: place, of: &pixels)
      }
    }
    return (ByteImages(size: size, pixels: pixels), labels)
  }

  private static func stream(of split: Dataset.Split) -> UInt32 {
    switch split {
    case .train: 0
    case .test: 1
    }
  }

  /// Fixes the data set; nothing else uses these random numbers.
  private static let seed: UInt64 = 0x6469_6769_7473
}
