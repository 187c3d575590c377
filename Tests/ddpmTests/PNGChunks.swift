// The size, texts and pixels of a PNG file, read in the simplest way.

import Testing

/// The size and the texts of a trusted PNG file.
struct PNGChunks {
  private(set) var width = 0
  private(set) var height = 0
  /// Of the tEXt chunks.
  private(set) var texts: [String: String] = [:]
  /// The deflated pixels.
  private(set) var data: [UInt8] = []

  init(_ bytes: [UInt8]) throws {
    try #require(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    var place = 8
    func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    while place < bytes.count {
      let content = bytes[place + 8..<place + 8 + number(place)]
      switch String(decoding: bytes[place + 4..<place + 8], as: UTF8.self) {
      case "IHDR": (width, height) = (number(place + 8), number(place + 12))
      case "tEXt":
        let parts = content.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        texts[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[1], as: UTF8.self)
      case "IDAT": data += content
      default: break
      }
      place += 12 + content.count
    }
  }
}
