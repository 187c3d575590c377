// Check sums put right, so that a changed byte of a stored content is read and not refused for its sum.

import Files
import Numerics

/// Deflate's stored blocks (RFC 1951, 3.2.4): the content stands in them as it is.
enum StoredBlocks {
  private static let headBytes = 5

  /// The content of stored blocks from `start` on and where they end; nil where others are among them.
  private static func content(
    of bytes: [UInt8], from start: Int
  ) -> (content: [UInt8], end: Int)? {
    var (content, place): ([UInt8], Int) = ([], start)
    while place + headBytes <= bytes.count, bytes[place] <= 1 {
      let count = Int(bytes[place + 1]) | Int(bytes[place + 2]) << 8
      let end = place + headBytes + count
      guard end <= bytes.count else { return nil }
      content += bytes[place + headBytes..<end]
      if bytes[place] == 1 { return (content, end) }
      place = end
    }
    return nil
  }

  // MARK: gzip

  private static let gzipHead = 10

  /// A gzip file of one member of stored blocks, its check sum and length made right.
  static func repairedGzip(_ bytes: [UInt8]) -> [UInt8] {
    let trailer = 8
    guard bytes.starts(with: [0x1f, 0x8b, 8, 0]),
      let (content, end) = content(of: bytes, from: gzipHead), end + trailer <= bytes.count
    else { return bytes }
    let sums = [CRC32.sum(of: content), UInt32(content.count)]
    return bytes[..<end] + littleEndianBytes(of: sums) + bytes[(end + trailer)...]
  }

  // MARK: PNG

  private static let signature = 8
  private static let zlibHead = 2

  /// A PNG whose chunks have right sums, and its pixels too, where they are stored.
  static func repairedPNG(_ bytes: [UInt8]) -> [UInt8] {
    var repaired = bytes
    var place = signature
    // Length, name, content, sum.
    while place + 12 <= bytes.count {
      let count = Int(bigEndian(repaired[place..<place + 4]))
      let end = place + 8 + count
      guard end + 4 <= bytes.count else { break }
      if repaired[place + 4..<place + 8].elementsEqual("IDAT".utf8) {
        repairZlib(&repaired, place + 8..<end)
      }
      let sum = CRC32.sum(of: Array(repaired[place + 4..<end]))
      repaired.replaceSubrange(end..<end + 4, with: bigEndianBytes(of: sum))
      place = end + 4
    }
    return repaired
  }

  private static func repairZlib(_ bytes: inout [UInt8], _ range: Range<Int>) {
    guard range.count > zlibHead,
      let (content, end) = content(of: bytes, from: range.lowerBound + zlibHead),
      end + 4 <= range.upperBound
    else { return }
    bytes.replaceSubrange(end..<end + 4, with: bigEndianBytes(of: adler32(content)))
  }

  /// zlib's check sum (RFC 1950).
  private static func adler32(_ bytes: [UInt8]) -> UInt32 {
    let modulus: UInt32 = 65521
    let (a, b) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
      let a = (sums.0 + UInt32(byte)) % modulus
      return (a, (sums.1 + a) % modulus)
    }
    return b << 16 | a
  }

  private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func bigEndianBytes(of number: UInt32) -> [UInt8] {
    littleEndianBytes(of: [number.byteSwapped])
  }
}
