// A set of 8-bit images, as files hold them.

internal import Numerics

/// N images of unsigned bytes: 0 is black, 255 is white.
public struct ByteImages: Equatable, Sendable {
  /// The size of one image.
  public let size: ImageSize
  /// The pixels, image by image, row by row, a pixel's channels side by side: [N, H, W, C].
  public let pixels: [UInt8]

  /// The distance of two levels of grey where black is -1 and white is 1.
  static let level = 2.0 / 255

  /// How many images there are.
  public var count: Int { pixels.count / size.values }

  /// Images from their pixels.
  ///
  /// - Parameters:
  ///   - size: the size of one image.
  ///   - pixels: [N, H, W, C] bytes; a whole number of images.
  public init(size: ImageSize, pixels: [UInt8]) {
    precondition(
      size.values > 0 && pixels.count % size.values == 0,
      "\(pixels.count) bytes are not a whole number of \(size) images")
    self.size = size
    self.pixels = pixels
  }

  /// The network's images as a file holds them: p = round(255·clamp(x/2 + 1/2, 0, 1)) for each
  /// float x, halves to even; NaN is black.
  ///
  /// - Parameter images: any floats; what is outside [-1, 1] is cut off.
  public init(_ images: Images) {
    self.init(size: images.size, pixels: Pixels.bytes(images.values))
  }

  /// Some of the images, in their order.
  ///
  /// - Parameter range: their places in 0 ..< `count`.
  public subscript(range: Range<Int>) -> ByteImages {
    ByteImages(
      size: size,
      pixels: Array(pixels[range.lowerBound * size.values..<range.upperBound * size.values]))
  }
}
