// PGM (Netpbm's P5): one grey image, as plain as a file can be.

/// Writes PGM files.
public enum PGM {
  /// Writes one grey image.
  ///
  /// - Parameters:
  ///   - image: a single image of 1 channel.
  ///   - path: the file, replaced at once or not at all.
  /// - Throws: `FileError` if the image is not grey or the file cannot be written.
  public static func write(_ image: ByteImages, to path: String) throws(FileError) {
    let bytes: [UInt8]
    do { bytes = try encode(image) } catch {
      throw FileError(path: path, .invalid(error.description))
    }
    try AtomicFile.write(bytes, to: path)
  }

  /// The bytes of a PGM file.
  ///
  /// - Throws: `ChannelError` if the image is not grey.
  package static func encode(_ image: ByteImages) throws(ChannelError) -> [UInt8] {
    precondition(image.count == 1, "a PGM of \(image.count) images")
    guard image.size.channels == 1 else {
      throw ChannelError.pgm(channels: image.size.channels)
    }
    return "P5\n\(image.size.width) \(image.size.height)\n255\n".utf8 + image.pixels
  }
}
