// IDX, the file format of MNIST: a big-endian header of dimensions, then the bytes.

import Foundation

/// Reads and writes IDX files of unsigned bytes, plain or gzip.
public enum IDX {
  /// The images of an idx3 (N x H x W, grey) or idx4 (N x H x W x C, grey or RGB) file.
  ///
  /// - Parameter path: the file's, plain or gzip whatever its name.
  /// - Returns: N images of unsigned bytes, of 1 or 3 channels.
  /// - Throws: `FileError` if the file cannot be read or is not exactly what its header says.
  public static func images(at path: String) throws(FileError) -> ByteImages {
    let content = try read(path, ranks: [3, 4], what: "images")
    let channels = content.dimensions.count == 4 ? content.dimensions[3] : 1
    // Anything else could be trained on but never drawn.
    guard [1, 3].contains(channels) else {
      throw FileError(
        path: path,
        .invalid("its images have \(channels) channels; only 1 (grey) and 3 (RGB) can be used"))
    }
    return ByteImages(
      size: ImageSize(
        height: content.dimensions[1], width: content.dimensions[2], channels: channels),
      pixels: content.bytes)
  }

  /// The labels of an idx1 file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - classes: labels are 0 ..< classes; by default anything a byte holds.
  /// - Returns: N labels.
  /// - Throws: `FileError` if the file cannot be read, is not exactly what its header says, or
  ///   holds a label of no class.
  public static func labels(at path: String, classes: Int = 256) throws(FileError) -> [UInt8] {
    let labels = try read(path, ranks: [1], what: "labels").bytes
    if let index = labels.firstIndex(where: { $0 >= classes }) {
      throw FileError(
        path: path,
        .invalid("label \(index) is \(labels[index]), but the classes are 0 to \(classes - 1)"))
    }
    return labels
  }

  /// Writes images as idx3, or as idx4 if a pixel has several channels.
  ///
  /// - Parameters:
  ///   - images: the images.
  ///   - path: the file; gzip if it ends in `.gz`.
  /// - Throws: `FileError` if the file cannot be created or written; the old one then stays.
  public static func write(_ images: ByteImages, to path: String) throws(FileError) {
    let size = images.size
    let shape = [images.count, size.height, size.width]
    let dimensions = size.channels == 1 ? shape : shape + [size.channels]
    let magic: [UInt8] = [0, 0, unsignedByte, UInt8(dimensions.count)]
    let header = magic + dimensions.flatMap { UInt32($0).bigEndianBytes }
    if path.lowercased().hasSuffix(".gz") {
      try AtomicFile.write(Gzip.compress(header + images.pixels), to: path)
    } else {
      try AtomicFile.write(chunks: [header, images.pixels], to: path)
    }
  }

  /// The code of the element type "unsigned byte".
  private static let unsignedByte: UInt8 = 0x08
}

// MARK: - Reading

extension IDX {
  private static func read(
    _ path: String, ranks: [Int], what: String
  ) throws(FileError) -> (dimensions: [Int], bytes: [UInt8]) {
    var file = try GzipReader(path: path)
    let magic = try file.take(4)
    let rank = try self.rank(of: magic, path: path)
    guard ranks.contains(rank) else {
      throw FileError(path: path, .invalid(wrongRank(rank, ranks: ranks, what: what)))
    }
    let header = try file.take(4 * rank)
    guard header.count == 4 * rank else {
      throw FileError(path: path, .invalid("ends inside its header; get the file again"))
    }
    let dimensions = stride(from: 0, to: header.count, by: 4).map {
      Int(UInt32(bigEndianBytes: header[$0..<$0 + 4]))
    }
    let shape = dimensions.map(String.init).joined(separator: " x ")
    guard !dimensions.contains(0) else {
      throw FileError(path: path, .invalid("holds no \(what): its header says \(shape)"))
    }
    // Nil where the product is more than an Int holds.
    let size = dimensions.reduce(1 as Int?) { size, dimension in
      let next = size?.multipliedReportingOverflow(by: dimension)
      return next?.overflow == false ? next?.partialValue : nil
    }
    func mismatch(_ held: String) -> FileError {
      let promise = "its header promises \(shape) bytes of \(what), it holds \(held)"
      return FileError(path: path, .invalid(promise + "; get the file again"))
    }
    if let held = file.plainSize.map({ $0 - magic.count - header.count }), held != size {
      throw mismatch("\(held)")
    }
    guard let size else { throw mismatch("fewer") }
    let bytes = try file.take(size)
    guard bytes.count == size else { throw mismatch("\(bytes.count)") }
    // Asking for one byte more also reads gzip's check sum.
    guard try file.take(1).isEmpty else { throw mismatch("more") }
    return (dimensions, bytes)
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
            + "; only unsigned bytes (0x8) can be used"))
    }
    return Int(magic[3])
  }

  private static func wrongRank(_ rank: Int, ranks: [Int], what: String) -> String {
    switch rank {
    case 1: "holds labels where images are needed"
    case 3, 4: "holds images where labels are needed"
    default:
      "has \(rank) dimensions; \(what) have "
        + ranks.map(String.init).joined(separator: " or ")
    }
  }

  /// What a failed download or a wrong name brings instead.
  private static let otherFormats: [(opening: [UInt8], name: String)] = [
    (Array("\u{89}PNG".unicodeScalars.map { UInt8($0.value) }), "a PNG image"),
    ([0xff, 0xd8, 0xff], "a JPEG image"),
    (Array("PK".utf8), "a zip archive; unpack it first"),
    (Array("BZh".utf8), "bzip2 data; unpack it first"),
    ([0xfd] + Array("7zX".utf8), "xz data; unpack it first"),
    ([0x93] + Array("NUM".utf8), "a NumPy array"),
    (Array("<".utf8), "a web page, perhaps an error message; get the file again"),
    (Array("vers".utf8), "perhaps a git-lfs pointer; fetch the content with git lfs pull"),
  ]
}
