// Arrays of floats go to NumPy's files and back; other arrays are refused with a reason.

import Files
import Testing

@Suite struct NPYTests {
  private let array = NPY(shape: [1, 2, 1, 3], values: [1, 2, 3, 10, 20, 30])

  @Test func theHeaderIsWhatNumPyWrites() throws {
    // numpy.save of an array of shape (1, 2, 1, 3), dtype float32, written by NumPy 2.4.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 1, 3), }"
    let padding = String(repeating: " ", count: 118 - header.utf8.count - 1) + "\n"
    let prefix = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
    #expect(Array(array.bytes.prefix(128)) == prefix + Array((header + padding).utf8))
    #expect(Array(array.bytes.suffix(8)) == [0, 0, 0xa0, 0x41, 0, 0, 0xf0, 0x41])
  }

  @Test(arguments: [[], [6], [2, 3], [0, 7], [1, 1, 1, 1, 2]])
  func whatIsWrittenIsReadBack(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let array = NPY(shape: shape, values: (0..<count).map(Float.init))
    #expect(try read(array.bytes) == array)
  }

  @Test(
    arguments: [
      ("<f2", [0x00, 0x3c, 0x00, 0xc0]), ("<f4", [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]),
      ("<f8", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]),
    ] as [(String, [UInt8])])
  func everyFloatingTypeIsRead(type: String, data: [UInt8]) throws {
    let header = "{'shape':(1, 2, 1,), 'fortran_order': False, \"descr\": '\(type)'}"
    for version: UInt8 in [1, 2] {
      let array = try read(file(header, data, version: version))
      #expect(array == NPY(shape: [1, 2, 1], values: [1, -2]))
    }
  }

  @Test(
    arguments: [
      (">f2", [0x3c, 0x00, 0xc0, 0x00]), (">f4", [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]),
      (">f8", [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0]),
    ] as [(String, [UInt8])])
  func theMostSignificantByteMayComeFirst(type: String, data: [UInt8]) throws {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (1, 2, 1), }"
    #expect(try read(file(header, data)) == NPY(shape: [1, 2, 1], values: [1, -2]))
  }

  /// Element [a, b, c] of shape [2, 3, 2] is 100 a + 10 b + c; the first index runs fastest in the file.
  @Test func fortransOrderOfAxesIsRead() throws {
    func number(_ a: Int, _ b: Int, _ c: Int) -> Float { Float(100 * a + 10 * b + c) }
    let stored = (0..<2).flatMap { c in
      (0..<3).flatMap { b in (0..<2).map { a in number(a, b, c) } }
    }
    let expected = (0..<2).flatMap { a in
      (0..<3).flatMap { b in (0..<2).map { c in number(a, b, c) } }
    }
    let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3, 2), }"
    let data = stored.flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
    }
    #expect(try read(file(header, data)) == NPY(shape: [2, 3, 2], values: expected))
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': (1, 2), 'shape': (1, 1, 1), }", "malformed"),
    ("{'descr': '=f4', 'fortran_order': False, 'shape': (1, 1, 1), }", "type '=f4'"),
    ("{'descr': '', 'fortran_order': False, 'shape': (1, 1, 1), }", "type ''"),
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1), }", "type '|u1'"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1, 1), }", "type '|O'"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 2), }", "do not fit"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 1, 1), }", "do not fit"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 1), }",
      "do not fit"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1, 1), }", "malformed"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1 1, 1), }", "malformed"),
    ("{'descr': '<f4', 'fortran_order': False}", "malformed"),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1)}", "malformed"),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 1, 1)}", "malformed"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1)} x", "malformed"),
  ])
  func whatIsNoArrayOfFloatsIsRefused(header: String, reason: String) {
    expectRefused(file(header, [0, 0, 0, 0]), reason)
  }

  @Test func aShapeIsRefusedForTheReasonGiven() {
    let error = #expect(throws: FileError.self) {
      try NPY(array.bytes, path: "x.npy") { "has \($0.count) dimensions" }
    }
    #expect(error == FileError(path: "x.npy", .invalid("has 4 dimensions")))
  }

  @Test func valuesThatAreNotFiniteAreRefused() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1), }"
    expectRefused(file(header, [0, 0, 0xc0, 0x7f]), "infinite or not a number")
  }

  @Test func everyTruncationIsRefused() {
    let bytes = array.bytes
    for count in 0..<bytes.count { expectRefused(Array(bytes[..<count]), "") }
    expectRefused(bytes + [0], "do not fit")
    expectRefused([0x93] + Array("NUMPY".utf8) + [3, 0, 0, 0, 0, 0], "version 3")
  }

  private func read(_ bytes: [UInt8]) throws(FileError) -> NPY {
    try NPY(bytes, path: "x.npy") { _ in nil }
  }

  private func expectRefused(_ bytes: [UInt8], _ reason: String) {
    let error = #expect(throws: FileError.self) { try read(bytes) }
    guard !reason.isEmpty else { return }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  private func file(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let length = UInt8(header.utf8.count)
    let lengthBytes: [UInt8] = version == 1 ? [length, 0] : [length, 0, 0, 0]
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + lengthBytes + Array(header.utf8) + data
  }
}
