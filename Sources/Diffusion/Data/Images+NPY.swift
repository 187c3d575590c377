// Images as NumPy's array files (.npy) hold them: channels first.

internal import Numerics

extension Images {
  /// Reads float images from a `.npy` file.
  ///
  /// - Parameter path: an array of float16, float32 or float64 of shape [N, C, H, W], or [N, H, W] for one
  ///   channel, in either order of bytes and of axes, and all finite.
  /// - Throws: `FileError` when it cannot be read or is anything else.
  package init(npy path: String) throws(FileError) {
    try self.init(npy: readFile(path), path: path)
  }

  /// Reads float images from the content of such a file.
  ///
  /// - Parameters:
  ///   - bytes: a `.npy` file's content.
  ///   - path: the path to name in errors.
  /// - Throws: `FileError` when the bytes are not such an array.
  package init(npy bytes: [UInt8], path: String) throws(FileError) {
    let array = try NPY(bytes, path: path) { shape in
      guard shape.count == 3 || shape.count == 4 else {
        return "has shape \(shape); images need [N, C, H, W] or [N, H, W]"
      }
      guard let count = shape.checkedProduct, count > 0 else {
        return "has shape \(shape), which holds no image"
      }
      return nil
    }
    let shape = array.shape
    let size = ImageSize(
      height: shape[shape.count - 2], width: shape[shape.count - 1],
      channels: shape.count == 4 ? shape[1] : 1)
    self.init(
      size: size,
      values: channelsLast(
        array.values, channels: size.channels, pixels: size.height * size.width))
  }

  /// The bytes `numpy.save` writes for the images as float32 [N, C, H, W].
  package var npy: [UInt8] {
    NPY(shape: [count, size.channels, size.height, size.width], values: valuesByChannel).bytes
  }

  /// Writes such a file part by part: it needs memory for one part only.
  ///
  /// - Parameters:
  ///   - count: how many images there are in all.
  ///   - size: theirs.
  ///   - path: the file.
  ///   - next: the next images, nil after the last ones.
  /// - Throws: `FileError`, and whatever `next` throws; the old file then stays.
  package static func write(
    _ count: Int, of size: ImageSize, npy path: String, next: () throws -> Images?
  ) throws {
    try NPY.write(shape: [count, size.channels, size.height, size.width], to: path) {
      try next()?.valuesByChannel
    }
  }

  /// [N, C, H, W].
  private var valuesByChannel: [Float] {
    channelsFirst(values, channels: size.channels, pixels: size.height * size.width)
  }
}
