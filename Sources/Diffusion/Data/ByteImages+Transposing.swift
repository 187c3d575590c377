// Images whose rows are columns: EMNIST's files lie on their side.

extension ByteImages {
  /// Every image mirrored in its diagonal: pixel (y, x) is pixel (x, y).
  package var transposed: ByteImages {
    let turned = ImageSize(height: size.width, width: size.height, channels: size.channels)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(self.pixels.count)
    for image in 0..<count {
      for y in 0..<turned.height {
        for x in 0..<turned.width {
          let from = image * size.values + (x * size.width + y) * size.channels
          pixels += self.pixels[from..<from + size.channels]
        }
      }
    }
    return ByteImages(size: turned, pixels: pixels)
  }
}
