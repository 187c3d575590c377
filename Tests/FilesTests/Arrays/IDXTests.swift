// Arrays of bytes go to IDX files and back; the corpus of odd and hostile files is read as images.

import Files
import TestSupport
import Testing

struct IDXTests {
  private static func read(_ path: String) throws(FileError) -> IDX {
    try IDX(contentsOf: path, of: "numbers") { _ in nil }
  }

  @Test(arguments: [[3], [2, 3], [2, 1, 3, 1, 2]], ["a.idx", "a.idx.gz"])
  func whatIsWrittenIsReadBack(shape: [Int], name: String) throws {
    let count = shape.reduce(1, *)
    let array = IDX(shape: shape, bytes: (0..<count).map { UInt8($0 * 20) })
    try withTemporaryFolder { folder in
      let path = Path.join(folder, name)
      try array.write(to: path)
      #expect(try Self.read(path) == array)
      let opening: [UInt8] =
        name.hasSuffix("gz") ? [0x1f, 0x8b] : [0, 0, 8, UInt8(shape.count)]
      #expect(try [UInt8](file: path).starts(with: opening))
    }
  }

  @Test func anArrayIsRefusedForTheReasonGivenBeforeItsSizesAreRead() throws {
    try withTemporaryFolder { folder in
      let path = Path.join(folder, "a.idx")
      try [0, 0, 8, 7].save(to: path)
      #expect(throws: FileError(path: path, .invalid("has 7 dimensions"))) {
        try IDX(contentsOf: path, of: "numbers") { "has \($0) dimensions" }
      }
    }
  }

  @Test func whatTheNumbersAreIsNamed() throws {
    try withTemporaryFolder { folder in
      let path = Path.join(folder, "a.idx")
      for (bytes, part) in [
        ([0, 0, 8, 1, 0, 0, 0, 3, 1], "promises 3 bytes of numbers, it holds 1;"),
        ([0, 0, 8, 1, 0, 0, 0, 0], "holds no numbers: its header says 0"),
      ] as [([UInt8], String)] {
        try bytes.save(to: path)
        let error = #expect(throws: FileError.self) { try Self.read(path) }
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
      }
    }
  }

  /// The first product is 64 GiB, the second more than an `Int`.
  @Test(arguments: [
    ([0, 0, 0, 16] as [UInt8], "it holds 3;"), ([0xff, 0, 0, 0], "it holds fewer;"),
  ])
  func aHeaderBehindGzipTakesNoMemoryForWhatItOnlyClaims(rows: [UInt8], part: String) throws {
    let header = [0, 0, 8, 3, 0xff, 0, 0, 0] + rows + [0, 0, 0, 1]
    try withTemporaryFolder { folder in
      let path = folder + "/claim"
      try Gzip.compress(header + [1, 2, 3]).save(to: path)
      let error = #expect(throws: FileError.self) { try Self.read(path) }
      #expect(error?.description.contains(part) == true)
    }
  }
}
