// A few digits by which a data set is recognised.

internal import CZlib

/// Size, count and checksums (CRC-32) of images and labels: enough to notice that data are other
/// ones, not meant against somebody who wants to deceive.
public struct DataFingerprint: Equatable, Sendable, CustomStringConvertible {
  /// The size, the number of images and the checksums in words.
  public let description: String

  /// Reads all of the data once.
  public init(of data: Dataset) {
    let images = data.images
    let sums = [images.pixels, data.labels ?? []].map { checksum($0) }
    let text = sums.map { String($0, radix: 16) }.joined(separator: " ")
    description = "\(images.count) images of \(images.size), \(text)"
  }
}

/// CRC-32 of any number of bytes, in pieces because zlib counts them in 32 bits.
private func checksum(_ bytes: [UInt8]) -> UInt {
  let piece = 1 << 24
  return stride(from: 0, to: bytes.count, by: piece).reduce(0) { sum, start in
    let part = Array(bytes[start..<min(start + piece, bytes.count)])
    return crc32(sum, part, uInt(part.count))
  }
}
