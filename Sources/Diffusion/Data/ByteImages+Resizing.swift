// Images made larger or smaller.

internal import Numerics

extension ByteImages {
  /// The images in another size, each pixel the mean of the area it covers.
  package func resized(height: Int, width: Int) -> ByteImages {
    precondition(height > 0 && width > 0, "images of \(height) x \(width)")
    let resized = Pixels.resample(
      pixels, from: (size.height, size.width), to: (height, width), channels: size.channels)
    return ByteImages(
      size: ImageSize(height: height, width: width, channels: size.channels), pixels: resized)
  }
}
