// Images to learn from, wherever they come from.

internal import Numerics

/// A set of images of one size, decoded one at a time.
public protocol ImageSource: Sendable {
  /// How many images there are.
  var count: Int { get }
  /// The size of each.
  var size: ImageSize { get }

  /// Writes an image.
  ///
  /// - Parameters:
  ///   - index: the image's number in 0 ..< `count`; called from any thread.
  ///   - block: [H, W, C] floats in [-1, 1], to be set.
  func decode(_ index: Int, into block: Block)
}

extension ByteImages: ImageSource {
  /// Writes an image: x = p/127.5 - 1 for each byte p.
  public func decode(_ index: Int, into block: Block) {
    precondition((0..<count).contains(index), "image \(index) of \(count)")
    precondition(block.count == size.values, "\(block.count) floats for an image of \(size)")
    Pixels.decode(pixels, from: index * size.values, into: block.floats)
  }
}

extension Images: ImageSource {
  /// Writes an image as it is.
  public func decode(_ index: Int, into block: Block) {
    precondition((0..<count).contains(index), "image \(index) of \(count)")
    block.set(Array(values[index * size.values..<(index + 1) * size.values]))
  }
}
