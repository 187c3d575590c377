// Many images side by side in one.

internal import Kernels

extension ByteImages {
  /// The images laid out in rows, left to right and top to bottom, a thin line between them.
  ///
  /// - Parameters:
  ///   - columns: how many images a row; by default as many as make the grid square.
  ///   - scale: how many pixels wide and high a pixel becomes.
  ///   - background: how bright the lines are; by default a dark grey that shows where an image of
  ///     black background ends.
  /// - Returns: one image; places left over in the last row are as dark as the lines.
  public func grid(columns: Int? = nil, scale: Int = 1, background: UInt8 = 48) -> ByteImages {
    precondition(count > 0, "a grid of no images")
    let columns = min(columns ?? Int(Double(count).squareRoot().rounded(.up)), count)
    precondition(columns > 0 && scale > 0, "a grid of \(columns) columns, scaled by \(scale)")
    let rows = (count + columns - 1) / columns
    let row = size.width * size.channels
    let width = columns * (size.width + Grid.gap) - Grid.gap
    let height = rows * (size.height + Grid.gap) - Grid.gap

    var picture = [UInt8](repeating: background, count: height * width * size.channels)
    for index in 0..<count {
      let top = index / columns * (size.height + Grid.gap)
      let left = index % columns * (size.width + Grid.gap)
      for y in 0..<size.height {
        let from = index * size.values + y * row
        let to = ((top + y) * width + left) * size.channels
        picture.replaceSubrange(to..<to + row, with: pixels[from..<from + row])
      }
    }
    return ByteImages(
      size: ImageSize(
        height: height * scale, width: width * scale, channels: size.channels),
      pixels: Pixels.enlarge(picture, width: width, channels: size.channels, by: scale))
  }
}

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

private enum Grid {
  /// Pixels between two images, before scaling.
  static let gap = 1
}
