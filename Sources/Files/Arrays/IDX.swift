// IDX, the file format of MNIST: a big-endian header of dimensions, then the bytes.

/// An array of unsigned bytes, as IDX files hold it; they may be plain or gzip.
public struct IDX: Equatable, Sendable {
  /// The sizes of the dimensions, the outermost first.
  public let shape: [Int]
  /// The elements, the last dimension fastest.
  public let bytes: [UInt8]

  /// An array.
  ///
  /// - Parameters:
  ///   - shape: the sizes of at most 255 dimensions, the outermost first, each of at most 32 bits.
  ///   - bytes: as many bytes as the product of the sizes.
  public init(shape: [Int], bytes: [UInt8]) {
    precondition(
      shape.count <= UInt8.max && shape.checkedProduct == bytes.count,
      "\(bytes.count) bytes for shape \(shape)")
    (self.shape, self.bytes) = (shape, bytes)
  }

  /// Writes the array.
  ///
  /// - Parameter path: the file; gzip if it ends in `.gz`.
  /// - Throws: `FileError` if the file cannot be created or written; the old one then stays, except
  ///   when all that failed was syncing its folder.
  public func write(to path: String) throws(FileError) {
    let header = IDX.header(of: shape)
    if IDX.isCompressed(path) {
      try AtomicFile.write(Gzip.compress(header + bytes), to: path)
    } else {
      try AtomicFile.write(chunks: [header, bytes], to: path)
    }
  }

  /// Writes an array part by part, so that it needs memory for one of them only.
  ///
  /// - Parameters:
  ///   - shape: the sizes of the dimensions.
  ///   - path: the file; gzip if it ends in `.gz`.
  ///   - next: the next elements, nil after the last ones; together as many as the shape has.
  /// - Throws: `FileError`, and whatever `next` throws; the old file then stays, except when all that failed
  ///   was syncing its folder.
  package static func write(
    shape: [Int], to path: String, next: () throws -> [UInt8]?
  ) throws {
    var left = shape.reduce(1, *)
    let (header, gzip) = (header(of: shape), isCompressed(path) ? Gzip() : nil)
    try AtomicFile.write(gzip?.compress(header, .more) ?? header, to: path) {
      guard let part = try next() else {
        precondition(left == 0, "\(left) elements of shape \(shape) are missing")
        return nil
      }
      left -= part.count
      return gzip?.compress(part, left == 0 ? .last : .more) ?? part
    }
  }

  private static func isCompressed(_ path: String) -> Bool { path.lowercased().hasSuffix(".gz") }

  private static func header(of shape: [Int]) -> [UInt8] {
    [0, 0, IDX.unsignedByte, UInt8(shape.count)] + shape.flatMap { UInt32($0).bigEndianBytes }
  }

  /// The code of the element type "unsigned byte".
  private static let unsignedByte: UInt8 = 0x08
}

// MARK: - Reading

extension IDX {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file's, plain or gzip whatever its name.
  ///   - what: what the elements are, for messages.
  ///   - refusal: why a file of so many dimensions is not what is wanted; nil where it is.
  /// - Throws: `FileError` if the file cannot be read, is not exactly what its header says, holds
  ///   nothing or elements of another type, or is refused.
  package init(
    contentsOf path: String, of what: String, refusal: (_ rank: Int) -> String?
  ) throws(FileError) {
    var file = try GzipReader(path: path)
    let magic = try file.take(4)
    let rank = try IDX.rank(of: magic, path: path)
    if let why = refusal(rank) { throw FileError(path: path, .invalid(why)) }
    let header = try file.take(4 * rank)
    guard header.count == 4 * rank else {
      throw FileError(path: path, .invalid("ends inside its header; get the file again"))
    }
    let shape = stride(from: 0, to: header.count, by: 4).map {
      Int(UInt32(bigEndianBytes: header[$0..<$0 + 4]))
    }
    let sizes = shape.map(String.init).joined(separator: " x ")
    guard !shape.contains(0) else {
      throw FileError(path: path, .invalid("holds no \(what): its header says \(sizes)"))
    }
    func mismatch(_ held: String) -> FileError {
      let promise = "its header promises \(sizes) bytes of \(what), it holds \(held)"
      return FileError(path: path, .invalid(promise + "; get the file again"))
    }
    let count = shape.checkedProduct
    if let held = file.plainSize.map({ $0 - magic.count - header.count }), held != count {
      throw mismatch("\(held)")
    }
    guard let count else { throw mismatch("fewer") }
    let bytes = try file.take(count)
    guard bytes.count == count else { throw mismatch("\(bytes.count)") }
    // Asking for one byte more also reads gzip's check sum.
    guard try file.take(1).isEmpty else { throw mismatch("more") }
    self.init(shape: shape, bytes: bytes)
  }

  /// The number of dimensions, from the four bytes that open a file.
  private static func rank(of magic: [UInt8], path: String) throws(FileError) -> Int {
    guard !magic.isEmpty else {
      throw FileError(path: path, .invalid("is empty; get the file again"))
    }
    if let other = otherFormats.first(where: { magic.starts(with: $0.opening) }) {
      throw FileError(path: path, .invalid("is not an IDX file but \(other.name)"))
    }
    guard magic.count == 4 else {
      throw FileError(path: path, .invalid("ends inside its header; get the file again"))
    }
    guard magic[0] == 0, magic[1] == 0 else {
      throw FileError(
        path: path,
        .invalid(
          magic[1...] == [unsignedByte, 0, 0]
            ? "its header has its bytes in reverse order; IDX is big-endian"
            : "is not an IDX file: it does not begin with two zeros"))
    }
    guard magic[2] == unsignedByte else {
      throw FileError(
        path: path,
        .invalid(
          "its elements are of type 0x" + String(magic[2], radix: 16)
            + (elementTypes[magic[2]].map { ", \($0)" } ?? "")
            + "; only unsigned bytes (0x8) can be used"))
    }
    return Int(magic[3])
  }

  /// The other types of IDX by their codes.
  private static let elementTypes: [UInt8: String] = [
    0x9: "signed bytes", 0xb: "short", 0xc: "int", 0xd: "float", 0xe: "double",
  ]

  /// What a failed download or a wrong name brings instead.
  private static let otherFormats: [(opening: [UInt8], name: String)] = [
    (Array("\u{89}PNG".unicodeScalars.map { UInt8($0.value) }), "a PNG image"),
    ([0x1f, 0x8b], "gzip inside gzip; unpack it once"),
    ([0xff, 0xd8, 0xff], "a JPEG image"),
    (Array("PK".utf8), "a zip archive; unpack it first"),
    (Array("BZh".utf8), "bzip2 data; unpack it first"),
    ([0xfd] + Array("7zX".utf8), "xz data; unpack it first"),
    ([0x93] + Array("NUM".utf8), "a NumPy array"),
    (Array("<".utf8), "a web page, perhaps an error message; get the file again"),
    (Array("vers".utf8), "perhaps a git-lfs pointer; fetch the content with git lfs pull"),
  ]
}
