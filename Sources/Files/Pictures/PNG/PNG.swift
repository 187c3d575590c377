// PNG (ISO/IEC 15948): one grey or RGB picture of 8 bits per channel, with texts that say how it was
// made.

internal import CZlib
import Foundation

/// Reads and writes PNG files.
public enum PNG {
  /// Writes a picture.
  ///
  /// - Parameters:
  ///   - picture: of 1 (grey) or 3 (RGB) channels.
  ///   - path: the file, replaced at once or not at all.
  ///   - text: what to note in the file, for example ("sampler", "ddim"): keys of 1 to 79 ASCII
  ///     characters with their values; control characters are escaped.
  /// - Throws: `FileError` if the picture has other channels or the file cannot be written.
  public static func write(
    _ picture: Picture, to path: String, text: [(key: String, value: String)] = []
  ) throws(FileError) {
    let bytes: [UInt8]
    do { bytes = try encode(picture, text: text) } catch {
      throw FileError(path: path, .invalid(error.description))
    }
    try AtomicFile.write(bytes, to: path)
  }

  /// The bytes of a PNG file.
  ///
  /// - Parameters:
  ///   - picture: of 1 (grey) or 3 (RGB) channels.
  ///   - text: keys of 1 to 79 ASCII characters with their values; control characters are escaped.
  /// - Throws: `ChannelError` if the picture has other channels.
  package static func encode(
    _ picture: Picture, text: [(key: String, value: String)] = []
  ) throws(ChannelError) -> [UInt8] {
    try opening(picture, text) + chunk("IDAT", deflated(picture)) + ending
  }

  /// What stands before a picture's pixels.
  static func opening(
    _ picture: Picture, _ text: [(key: String, value: String)]
  ) throws(ChannelError) -> [UInt8] {
    guard let color = Color(channels: picture.channels) else {
      throw ChannelError.png(channels: picture.channels)
    }
    let header =
      UInt32(picture.width).bigEndianBytes + UInt32(picture.height).bigEndianBytes
      + [bitDepth, color.rawValue, 0, 0, 0]
    return PNGContent.signature + chunk("IHDR", header)
      + text.flatMap { self.text($0.key, $0.value) }
  }

  /// What stands behind them.
  static var ending: [UInt8] { chunk("IEND", []) }

  private enum Color: UInt8 {
    case grey = 0
    case rgb = 2

    init?(channels: Int) {
      switch channels {
      case 1: self = .grey
      case 3: self = .rgb
      default: return nil
      }
    }
  }

  private static let bitDepth: UInt8 = 8
  private static let keyLengths = 1...79
}

// MARK: - Chunks

extension PNG {
  /// Length, type, content, and the CRC-32 of type and content.
  static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let checked = type.utf8 + content
    return UInt32(content.count).bigEndianBytes + checked + CRC32.sum(of: checked).bigEndianBytes
  }

  /// A tEXt chunk, which is Latin-1, or where that does not do an iTXt chunk, which is UTF-8.
  private static func text(_ key: String, _ value: String) -> [UInt8] {
    precondition(
      keyLengths.contains(key.utf8.count) && key.utf8.allSatisfy { (0x20...0x7e).contains($0) },
      "\"\(key)\" cannot be the key of a PNG text")
    let value = value.printable
    if let latin1 = value.data(using: .isoLatin1) { return chunk("tEXt", key.utf8 + [0] + latin1) }
    let uncompressedOfNoLanguage: [UInt8] = [0, 0, 0, 0]
    return chunk("iTXt", key.utf8 + [0] + uncompressedOfNoLanguage + value.utf8)
  }

  /// The rows, each behind its filter type (0: none, best for flat drawings), deflated.
  static func deflated(_ picture: Picture) -> [UInt8] {
    let row = picture.width * picture.channels
    var rows: [UInt8] = []
    rows.reserveCapacity(picture.height * (row + 1))
    for start in stride(from: 0, to: picture.pixels.count, by: row) {
      rows.append(0)
      rows += picture.pixels[start..<start + row]
    }
    var length = compressBound(uLong(rows.count))
    var bytes = [UInt8](repeating: 0, count: Int(length))
    let status = compress2(&bytes, &length, rows, uLong(rows.count), Z_BEST_COMPRESSION)
    precondition(status == Z_OK, "zlib cannot deflate \(rows.count) bytes: status \(status)")
    return Array(bytes.prefix(Int(length)))
  }
}
