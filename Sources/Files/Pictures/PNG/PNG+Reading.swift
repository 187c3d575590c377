// Reads PNG files of every colour type and depth, interlaced or not.

internal import CZlib

extension PNG {
  /// Reads a picture as 8-bit grey or RGB: alpha is dropped, and gamma is not applied.
  ///
  /// Memory is taken by what the header says, once that is known to be possible, and never by what the
  /// data would inflate to.
  ///
  /// - Parameter path: the file.
  /// - Throws: `FileError` that says what is wrong with it.
  public static func read(_ path: String) throws(FileError) -> Picture {
    let bytes = try readFile(path, limit: mostBytes)
    do {
      return try decode(bytes)
    } catch {
      throw FileError(path: path, .invalid(error.reason))
    }
  }

  /// Bytes of a file beyond which nothing is read: a picture of the most values has fewer.
  private static let mostBytes = 1 << 30

  /// The picture that a file's bytes hold.
  static func decode(_ bytes: [UInt8]) throws(PNGFault) -> Picture {
    let content = try PNGContent(bytes)
    let header = content.header
    return Picture(
      width: header.width, height: header.height, channels: header.color.channels,
      pixels: try content.pixels(inflated(content.data, count: header.dataBytes)))
  }

  private static let tooFew = PNGFault("has fewer pixels than its header says; get the file again")

  /// Inflates exactly `count` bytes, whose check sum must be right.
  private static func inflated(_ data: [UInt8], count: Int) throws(PNGFault) -> [UInt8] {
    guard count <= data.count * ZStream.mostExpansion else { throw tooFew }
    let stream = ZStream(.inflate, .zlib)
    var (input, used) = (data, 0)
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while true {
      // One more byte than wanted shows that there are more.
      let step = stream.step(&input, from: used, limit: count + 1 - result.count)
      used += step.consumed
      result += step.output
      guard result.count <= count else {
        throw PNGFault("has more pixels than its header says; get the file again")
      }
      switch step.status {
      case Z_STREAM_END:
        guard result.count == count else { throw tooFew }
        return result
      case Z_OK where step.consumed > 0 || !step.output.isEmpty: continue
      case Z_OK, Z_BUF_ERROR: throw PNGFault("its pixels are cut off; get the file again")
      case Z_NEED_DICT: throw PNGFault("its pixels are packed with a dictionary, which PNG has not")
      default: throw PNGFault("its pixels are damaged (\(stream.message)); get the file again")
      }
    }
  }
}
