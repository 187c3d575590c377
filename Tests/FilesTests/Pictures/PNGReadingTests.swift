// Reading PNG: what other encoders write, what is damaged, and what memory it takes.

import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct PNGReadingTests {
  /// A file of the fixtures with what must become of it.
  struct Entry: Decodable, CustomTestStringConvertible, Sendable {
    let file: String
    let verdict: String
    let width: Int?
    let height: Int?
    let channels: Int?
    let sha256: String?

    var testDescription: String { file }
  }

  private static func entries(_ verdicts: String...) throws -> [Entry] {
    let manifest = try Data(contentsOf: Fixtures.url("png/manifest.json"))
    return try JSONDecoder().decode([Entry].self, from: manifest)
      .filter { verdicts.contains($0.verdict) }
  }

  private func read(_ entry: Entry) throws -> Picture {
    try PNG.read(Fixtures.url("png/\(entry.file)").path)
  }

  private func expect(_ picture: Picture, isOf entry: Entry) {
    #expect(
      picture.width == entry.width && picture.height == entry.height
        && picture.channels == entry.channels, "\(entry.file)")
    #expect(SHA256.hex(picture.pixels) == entry.sha256, "\(entry.file)")
  }

  /// All fifteen colour types and depths, filters, Adam7, layouts of chunks and kinds of compression.
  @Test(.needsFixtures) func whatOtherEncodersWriteIsRead() throws {
    let entries = try Self.entries("accept")
    #expect(entries.count > 100)
    for entry in entries { expect(try read(entry), isOf: entry) }
  }

  @Test(.needsFixtures) func damageIsRefusedInOneLine() throws {
    let entries = try Self.entries("reject")
    #expect(entries.count > 100)
    for entry in entries {
      let error = #expect(throws: FileError.self, "\(entry.file)") { try read(entry) }
      let line = error?.description ?? ""
      #expect(line.hasPrefix("/") && !line.contains("\n") && line.count < 300, "\(line)")
    }
  }

  /// What a reader may choose about is read as it is meant, or refused.
  @Test(.needsFixtures) func whatIsOddIsReadAsMeantOrRefused() throws {
    for entry in try Self.entries("policy") {
      do {
        expect(try read(entry), isOf: entry)
      } catch {
        #expect(error is FileError, "\(entry.file): \(error)")
      }
    }
  }

  /// Two rows of three grey pixels, the second one as its difference from the first.
  private static let small = PNG.encodedForTests(
    width: 3, height: 2, depth: 8, color: 0, rows: [0, 1, 2, 3, 2, 1, 1, 1])

  @Test func aFilterReadsTheRowAbove() throws {
    let picture = try PNG.decode(Self.small)
    #expect(picture.pixels == [1, 2, 3, 2, 3, 4] && picture.channels == 1)
  }

  @Test func whatIsWrittenIsRead() throws {
    for channels in [1, 3] {
      let pixels = (0..<5 * 7 * channels).map { UInt8(truncatingIfNeeded: $0 * 37) }
      let picture = Picture(width: 5, height: 7, channels: channels, pixels: pixels)
      #expect(try PNG.decode(PNG.encode(picture, text: [("key", "value")])) == picture)
    }
  }

  @Test func everyTruncationIsRefused() throws {
    for count in Self.small.indices {
      #expect(throws: PNGFault.self, "\(count) bytes") {
        try PNG.decode(Array(Self.small[..<count]))
      }
    }
  }

  @Test func everyFlippedBitIsNoticed() throws {
    for bit in 0..<8 * Self.small.count {
      var bytes = Self.small
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: PNGFault.self, "bit \(bit)") { try PNG.decode(bytes) }
    }
  }

  /// Bits that check sums do not catch, because these were made right again: no trap, whatever the
  /// verdict.
  @Test func noDamageWithRightCheckSumsTraps() throws {
    for seed in 0..<400 {
      var rows: [UInt8] = [4, 1, 2, 3, 3, 1, 1, 1]
      rows[seed % 8] = UInt8(truncatingIfNeeded: seed &* 97)
      let bytes = PNG.encodedForTests(
        width: 1 + seed % 5, height: 1 + seed % 3, depth: [1, 2, 4, 8, 16][seed % 5],
        color: [0, 2, 3, 4, 6][seed / 5 % 5], interlaced: seed % 2 == 0, rows: rows)
      _ = try? PNG.decode(bytes)
    }
  }

  @Test func aMissingFileIsSaidToBeMissing() {
    #expect(throws: FileError(path: "/nowhere.png", .missing)) { try PNG.read("/nowhere.png") }
  }
}

extension PNG {
  /// A PNG of given rows, with right check sums and whatever header.
  fileprivate static func encodedForTests(
    width: Int, height: Int, depth: UInt8, color: UInt8, interlaced: Bool = false, rows: [UInt8]
  ) -> [UInt8] {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let checked = Array(name.utf8) + content
      return UInt32(content.count).bigEndianBytes + checked
        + CRC32.sum(of: checked).bigEndianBytes
    }
    let header =
      UInt32(width).bigEndianBytes + UInt32(height).bigEndianBytes
      + [depth, color, 0, 0, interlaced ? 1 : 0]
    // One stored block: its length twice, and Adler's sum behind.
    let length = [UInt8(rows.count & 255), UInt8(rows.count >> 8)]
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in rows {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    let data =
      [0x78, 0x01, 0x01] + length + length.map { ~$0 } + rows + (b << 16 | a).bigEndianBytes
    return PNGContent.signature + chunk("IHDR", header)
      + (color == 3 ? chunk("PLTE", [0, 0, 0, 255, 255, 255]) : [])
      + chunk("IDAT", data) + chunk("IEND", [])
  }
}
