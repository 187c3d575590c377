// Writing samples in the format of the file's ending.

import Diffusion
import Foundation

extension OutputFile {
  /// The file's path.
  var path: String {
    switch self {
    case .picture(let path, _, _), .array(let path, _), .folder(let path): path
    }
  }

  /// The file of labels beside a file of bytes: of `a.idx` it is `a-labels.idx`; none of other formats.
  var labelPath: String? {
    guard case .array(let path, let format) = self, format != .npy else { return nil }
    return LabelFile.path(beside: path)
  }

  /// What is written: the file, and its labels.
  var paths: [String] { [path, labelPath].compactMap(\.self) }

  /// Makes sure that the format can hold a model's images, before they are drawn.
  ///
  /// - Throws: `UsageError`.
  package func check(channels: Int) throws(UsageError) {
    guard case .picture(let path, .pgm, _) = self, channels != 1 else { return }
    throw UsageError(
      "\"\(path)\": a .pgm holds grey images, and the model's have \(channels) channels; take .png")
  }

  /// Makes sure that the file can be created, before work is done for it.
  ///
  /// - Throws: `FileError`, as writing would.
  func checkPlace() throws(FileError) {
    if case .folder(let path) = self {
      let name = String(path.reversed().drop { $0 == "/" }.reversed())
      if Path.exists(name), !Path.isFolder(name) {
        throw FileError(path: path, .uncreatable(ENOTDIR))
      }
      return try OutputFile.checkPlace(ofFile: false, path)
    }
    for path in paths {
      try OutputFile.checkPlace(ofFile: true, path)
    }
  }

  /// Makes sure that a path can become a file's, or that a folder's can be written to.
  ///
  /// - Throws: `FileError`, as writing would.
  static func checkPlace(ofFile isFile: Bool = true, _ path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if isFile, status.st_mode & S_IFMT == S_IFDIR {
        throw FileError(path: path, .uncreatable(EISDIR))
      }
      if access(path, W_OK) != 0 { throw FileError(path: path, .uncreatable(errno)) }
    } else if errno != ENOENT {
      throw FileError(path: path, .uncreatable(errno))
    } else if isFile, URL(filePath: path).lastPathComponent.utf8.count > AtomicFile.longestName {
      throw FileError(path: path, .uncreatable(ENAMETOOLONG))
      // The dot asks for a folder: a file of that name is none.
    } else if access(Path.join(Path.parent(of: path), "."), W_OK) != 0 {
      throw FileError(path: path, .uncreatable(errno))
    }
  }

  /// The side that small images of a grid are enlarged to, so that they can be seen.
  private static let visibleSide = 84
  /// Pixels of a large screen: a grid that fills it is not enlarged beyond.
  private static let screen = 3840 * 2160

  /// Enlargement of the images of a grid.
  package static func scale(for size: ImageSize, count: Int) -> Int {
    let fitting = (Double(screen) / Double(count * size.height * size.width)).squareRoot()
    return max(1, Int(min(Double(visibleSide / max(size.height, size.width)), fitting)))
  }

  /// Writes the images.
  ///
  /// - Parameters:
  ///   - rows: of a grid that nobody gave columns, which is then filled column by column.
  ///   - classes: of each image; none where they have none.
  ///   - first: the number of the first image.
  ///   - text: what a PNG says about itself.
  /// - Returns: the paths of what was written.
  /// - Throws: `FileError`, and of a folder `ExitCode` after a signal.
  @discardableResult func write(
    _ images: Images, rows: Int? = nil, classes: [Int] = [], first: Int = 0,
    text: [(key: String, value: String)]
  ) throws -> [String] {
    if case .array(let path, .npy) = self {
      try AtomicFile.write(images.npy, to: path)
      return [path]
    }
    return try write(
      ByteImages(images), rows: rows, classes: classes, first: first, text: text)
  }

  /// Writes an array of images part by part.
  ///
  /// - Parameters:
  ///   - count: how many images there are in all.
  ///   - path: this file's.
  ///   - next: the next ones, nil after the last.
  /// - Returns: the paths of what was written.
  /// - Throws: `FileError`, and whatever `next` throws; the old file then stays.
  func write(
    _ count: Int, of size: ImageSize, to path: String, classes: [Int],
    next: () throws -> Images?
  ) throws -> [String] {
    guard case .array(_, let format) = self, format != .npy else {
      try Images.write(count, of: size, npy: path, next: next)
      return [path]
    }
    try IDX.write(count, of: size, to: path) { try next().map { ByteImages($0) } }
    return [path] + (try LabelFile.write(classes, beside: path))
  }

  /// Writes images of bytes.
  @discardableResult func write(
    _ images: ByteImages, rows: Int? = nil, classes: [Int] = [], first: Int = 0,
    text: [(key: String, value: String)]
  ) throws -> [String] {
    switch self {
    case .picture(let path, let format, let columns):
      let scale = OutputFile.scale(for: images.size, count: images.count)
      let grid =
        if columns == nil, let rows {
          images.grid(rows: rows, scale: scale)
        } else {
          images.grid(columns: columns, scale: scale)
        }
      switch format {
      case .png: try PNG.write(grid, to: path, text: text)
      case .pgm: try PGM.write(grid, to: path)
      }
    case .array(let path, .npy): try AtomicFile.write(Images(images).npy, to: path)
    case .array(let path, .idx), .array(let path, .compressedIDX):
      try IDX.write(images, to: path)
      return [path] + (try LabelFile.write(classes, beside: path))
    case .folder(let path): try write(images, each: path, classes, first: first, text)
    }
    return [path]
  }

  /// Digits of an image's number in its name.
  private static let numberDigits = 6

  /// Writes a PNG for each image, named by its number and its class.
  private func write(
    _ images: ByteImages, each folder: String, _ classes: [Int], first: Int,
    _ text: [(key: String, value: String)]
  ) throws {
    // A signal ends it between two files.
    Interruption.watch()
    try createFolder(folder)
    let size = images.size
    for place in 0..<images.count {
      if let code = Interruption.exitCode { throw code }
      let number = String(first + place)
      let padded = String(repeating: "0", count: max(0, Self.numberDigits - number.count)) + number
      let name = classes.isEmpty ? padded : "\(padded)-\(classes[place])"
      try PNG.write(
        Picture(
          width: size.width, height: size.height, channels: size.channels,
          pixels: images[place..<place + 1].pixels),
        to: Path.join(folder, "\(name).png"), text: text + [("image", number)])
    }
  }
}
