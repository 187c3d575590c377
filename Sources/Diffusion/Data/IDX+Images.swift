// Images and their labels as IDX files hold them.

extension IDX {
  /// The images of an idx3 (N x H x W, grey) or idx4 (N x H x W x C, grey or RGB) file.
  ///
  /// - Parameter path: the file's, plain or gzip whatever its name.
  /// - Returns: N images of unsigned bytes, of 1 or 3 channels.
  /// - Throws: `FileError` if the file cannot be read or is not exactly what its header says.
  public static func images(at path: String) throws(FileError) -> ByteImages {
    let images = try imagesOfAnyChannels(at: path)
    // Anything else could be trained on but never drawn.
    guard [1, 3].contains(images.size.channels) else {
      throw FileError(
        path: path,
        .invalid(
          "its images have \(images.size.channels) channels; only 1 (grey) and 3 (RGB) can be used")
      )
    }
    return images
  }

  /// The same with any number of channels: a model may have more than can be drawn.
  package static func imagesOfAnyChannels(at path: String) throws(FileError) -> ByteImages {
    let file = try IDX(contentsOf: path, of: "images") { rank in
      switch rank {
      case 3, 4: nil
      case 1: "holds labels where images are needed"
      default: "has \(rank) dimensions; images have 3 or 4"
      }
    }
    let channels = file.shape.count == 4 ? file.shape[3] : 1
    return ByteImages(
      size: ImageSize(height: file.shape[1], width: file.shape[2], channels: channels),
      pixels: file.bytes)
  }

  /// The labels of an idx1 file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - classes: labels are 0 ..< classes; by default anything a byte holds.
  /// - Returns: N labels.
  /// - Throws: `FileError` if the file cannot be read, is not exactly what its header says, or
  ///   holds a label of no class.
  public static func labels(at path: String, classes: Int = 256) throws(FileError) -> [UInt8] {
    let labels = try IDX(contentsOf: path, of: "labels") { rank in
      switch rank {
      case 1: nil
      case 3, 4: "holds images where labels are needed"
      default: "has \(rank) dimensions; labels have 1"
      }
    }.bytes
    if let index = labels.firstIndex(where: { $0 >= classes }) {
      throw FileError(
        path: path,
        .invalid("label \(index) is \(labels[index]), but the classes are 0 to \(classes - 1)"))
    }
    return labels
  }

  /// Writes images as idx3, or as idx4 if a pixel has several channels.
  ///
  /// - Parameters:
  ///   - images: the images.
  ///   - path: the file; gzip if it ends in `.gz`.
  /// - Throws: `FileError` if the file cannot be created or written; the old one then stays.
  public static func write(_ images: ByteImages, to path: String) throws(FileError) {
    try IDX(shape: shape(images.count, images.size), bytes: images.pixels).write(to: path)
  }

  /// The same part by part: a file needs memory for one part only.
  ///
  /// - Parameters:
  ///   - count: how many images there are in all.
  ///   - size: theirs.
  ///   - path: the file; gzip if it ends in `.gz`.
  ///   - next: the next images, nil after the last ones.
  /// - Throws: `FileError`, and whatever `next` throws; the old file then stays.
  package static func write(
    _ count: Int, of size: ImageSize, to path: String, next: () throws -> ByteImages?
  ) throws {
    try write(shape: shape(count, size), to: path) { try next()?.pixels }
  }

  private static func shape(_ count: Int, _ size: ImageSize) -> [Int] {
    [count, size.height, size.width] + (size.channels == 1 ? [] : [size.channels])
  }
}
