// A set of images as the network takes them: floats in [-1, 1].

internal import Numerics

/// N images of floats, -1 black, 1 white.
public struct Images: Equatable, Sendable {
  /// The size of one image.
  public let size: ImageSize
  /// The values, image by image, row by row, a pixel's channels side by side: [N, H, W, C].
  public var values: [Float]

  /// How many images there are.
  public var count: Int { values.count / size.values }

  /// Images from their values.
  ///
  /// - Parameters:
  ///   - size: the size of one image.
  ///   - values: [N, H, W, C] floats; a whole number of images.
  public init(size: ImageSize, values: [Float]) {
    precondition(
      size.values > 0 && values.count % size.values == 0,
      "\(values.count) floats are not a whole number of \(size) images")
    self.size = size
    self.values = values
  }

  /// The first images.
  package func prefix(_ count: Int) -> Images {
    Images(size: size, values: Array(values.prefix(count * size.values)))
  }

  /// The images of a file as the network takes them: x = p/127.5 - 1 for each byte p.
  ///
  /// - Parameter bytes: N images of bytes.
  public init(_ bytes: ByteImages) {
    self.init(size: bytes.size, values: Pixels.floats(bytes.pixels))
  }
}
