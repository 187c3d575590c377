import Files
import Foundation
import TestSupport
import Testing

struct PNGTests {
  private static func picture(channels: Int) -> Picture {
    Picture(
      width: 5, height: 3, channels: channels, pixels: (0..<15 * channels).map { UInt8($0 * 4) })
  }

  /// The chunks of a PNG file, after a check of their sums by the definition of CRC-32.
  private static func chunks(_ png: [UInt8]) -> [(type: String, content: [UInt8])] {
    #expect(png.starts(with: [0x89] + "PNG\r\n".utf8 + [0x1a, 0x0a]))
    var rest = png.dropFirst(8)
    var chunks: [(String, [UInt8])] = []
    while !rest.isEmpty {
      let length = Int(number(rest.prefix(4)))
      let checked = rest.dropFirst(4).prefix(4 + length)
      rest = rest.dropFirst(8 + length)
      #expect(number(rest.prefix(4)) == crc32(checked))
      rest = rest.dropFirst(4)
      chunks.append(
        (String(decoding: checked.prefix(4), as: UTF8.self), Array(checked.dropFirst(4))))
    }
    return chunks
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
    }
  }

  /// Inflates zlib data as the body of a gzip member: the same deflate stream in another wrapping.
  private static func inflated(_ zlib: [UInt8], size: Int, crc: UInt32) throws -> [UInt8] {
    let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    let trailer = [crc, UInt32(size)].flatMap { n in (0..<4).map { UInt8(n >> (8 * $0) & 255) } }
    return try withTemporaryFolder { folder in
      try (header + zlib.dropFirst(2).dropLast(4) + trailer).save(to: folder + "/gz")
      var reader = try GzipReader(path: folder + "/gz")
      return try reader.take(size + 1)
    }
  }

  @Test func framesFollowOneAnother() throws {
    let frames = [1, 2, 3].map { step in
      PNG.Frame(
        Picture(width: 2, height: 1, channels: 1, pixels: [UInt8(step), 0]),
        milliseconds: UInt16(300 * step))
    }
    let chunks = Self.chunks(try PNG.encode(frames, text: [("a", "b")]))
    #expect(
      chunks.map(\.type) == [
        "IHDR", "tEXt", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT",
      ]
        + ["IEND"])
    #expect(chunks[2].content == [0, 0, 0, 3, 0, 0, 0, 0])
    // The number, 2 x 1 pixels at 0, 0, and 900 of 1000 parts of a second.
    let size: [UInt8] = [0, 0, 0, 2, 0, 0, 0, 1] + Array(repeating: 0, count: 8)
    #expect(chunks[7].content == [0, 0, 0, 3] + size + [3, 132, 3, 232, 0, 0])
    #expect(
      chunks[6].content.prefix(4) == [0, 0, 0, 2] && chunks[8].content.prefix(4) == [0, 0, 0, 4])
    let rows: [UInt8] = [0, 3, 0]
    #expect(
      try Self.inflated(
        Array(chunks[8].content.dropFirst(4)), size: 3, crc: Self.crc32(rows[...])) == rows)
  }

  @Test(arguments: [(1, UInt8(0)), (3, 2)])
  func thePixelsAreInTheFile(channels: Int, color: UInt8) throws {
    let picture = Self.picture(channels: channels)
    let chunks = Self.chunks(try PNG.encode(picture))
    #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
    #expect(chunks[0].content == [0, 0, 0, 5, 0, 0, 0, 3, 8, color, 0, 0, 0])
    let row = 5 * channels
    let rows = (0..<3).flatMap { [0] + picture.pixels[$0 * row..<($0 + 1) * row] }
    let crc = Self.crc32(rows[...])
    #expect(try Self.inflated(chunks[1].content, size: rows.count, crc: crc) == rows)
  }

  @Test func textsAreInTheFile() throws {
    let png = try PNG.encode(
      Self.picture(channels: 1),
      text: [("sampler", "ddim"), ("seed", "7\0\u{1b}"), ("model", "runs/é"), ("note", "η = 0")])
    let texts = Self.chunks(png).dropFirst().prefix(4)
    #expect(texts.map(\.type) == ["tEXt", "tEXt", "tEXt", "iTXt"])
    let contents: [[UInt8]] = [
      "sampler\0ddim".utf8 + [], "seed\07\\u{00}\\u{1b}".utf8 + [], "model\0runs/".utf8 + [0xe9],
      "note\0\0\0\0\0η = 0".utf8 + [],
    ]
    #expect(texts.map(\.content) == contents)
  }

  @Test func otherChannelsAreRefused() throws {
    #expect(throws: ChannelError.png(channels: 2)) {
      try PNG.encode(Self.picture(channels: 2))
    }
    try withTemporaryFolder { folder in
      let error = #expect(throws: FileError.self) {
        try PNG.write(Self.picture(channels: 4), to: folder + "/a.png")
      }
      #expect(error?.description.contains("these images have 4") == true)
      #expect(!FileManager.default.fileExists(atPath: folder + "/a.png"))
    }
  }

  @Test func theFileHoldsTheBytes() throws {
    try withTemporaryFolder { folder in
      let picture = Self.picture(channels: 3)
      try PNG.write(picture, to: folder + "/a.png", text: [("seed", "1")])
      #expect(
        try [UInt8](file: folder + "/a.png") == PNG.encode(picture, text: [("seed", "1")]))
    }
  }
}
