// PGM (Netpbm's P5): one grey picture, as plain as a file can be.

/// Writes PGM files.
public enum PGM {
  /// Writes a grey picture.
  ///
  /// - Parameters:
  ///   - picture: of 1 channel.
  ///   - path: the file, replaced at once or not at all.
  /// - Throws: `FileError` if the picture is not grey or the file cannot be written.
  public static func write(_ picture: Picture, to path: String) throws(FileError) {
    let bytes: [UInt8]
    do { bytes = try encode(picture) } catch {
      throw FileError(path: path, .invalid(error.description))
    }
    try AtomicFile.write(bytes, to: path)
  }

  /// The bytes of a PGM file.
  ///
  /// - Throws: `ChannelError` if the picture is not grey.
  package static func encode(_ picture: Picture) throws(ChannelError) -> [UInt8] {
    guard picture.channels == 1 else {
      throw ChannelError.pgm(channels: picture.channels)
    }
    return "P5\n\(picture.width) \(picture.height)\n255\n".utf8 + picture.pixels
  }
}
