import Files
import Foundation
import TestSupport
import Testing

struct GzipTests {
  private static func content(of file: [UInt8], piece: Int) throws -> [UInt8] {
    try withTemporaryFolder { folder in
      try file.save(to: folder + "/file")
      var reader = try GzipReader(path: folder + "/file")
      var content: [UInt8] = []
      while true {
        let next = try reader.take(piece)
        content += next
        if next.count < piece { return content }
      }
    }
  }

  /// Bytes that neither compress well nor fit one chunk of the reader.
  private static let noise = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

  @Test(arguments: [1000, 65_536, 1_000_000])
  func whatIsCompressedIsReadBack(piece: Int) throws {
    #expect(try Self.content(of: Gzip.compress(Self.noise), piece: piece) == Self.noise)
    #expect(try Self.content(of: Self.noise, piece: piece) == Self.noise)
  }

  @Test func nothingIsReadBackAsNothing() throws {
    #expect(try Self.content(of: Gzip.compress([]), piece: 10) == [])
    #expect(try Self.content(of: [], piece: 10) == [])
  }

  @Test func membersInARowAreOneContentAndZerosBehindThemPadding() throws {
    let members = Gzip.compress([1, 2]) + Gzip.compress([]) + Gzip.compress([3])
    #expect(try Self.content(of: members, piece: 1) == [1, 2, 3])
    let padding = [UInt8](repeating: 0, count: 100_000)
    #expect(try Self.content(of: members + padding, piece: 10) == [1, 2, 3])
    #expect(throws: FileError.self) { try Self.content(of: members + padding + [1], piece: 10) }
  }

  @Test func aStreamCutAnywhereIsRefused() throws {
    let whole = Gzip.compress([5, 6, 7, 8])
    for length in 2..<whole.count {
      #expect(throws: FileError.self, "\(length) bytes") {
        try Self.content(of: Array(whole[..<length]), piece: 10)
      }
    }
  }

  /// There is no time in the header (RFC 1952, MTIME).
  @Test func equalContentIsEqualBytes() {
    #expect(Gzip.compress(Self.noise) == Gzip.compress(Self.noise))
    #expect(Gzip.compress(Self.noise)[4..<8] == [0, 0, 0, 0])
  }
}
