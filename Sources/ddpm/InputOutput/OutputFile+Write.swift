// Writing samples in the format of the file's ending.

import Diffusion
import Foundation

extension OutputFile {
  /// The file's path.
  var path: String {
    switch self {
    case .picture(let path, _, _), .array(let path, _): path
    }
  }

  /// Makes sure that the file can be created, before work is done for it.
  ///
  /// - Throws: `FileError`, as writing would.
  func checkPlace() throws(FileError) {
    let isThere = access(path, F_OK) == 0
    // The dot asks for a folder: a file of that name is none.
    let place = isThere ? path : Path.join(Path.parent(of: path), ".")
    if access(place, W_OK) != 0 { throw FileError(path: path, .uncreatable(errno)) }
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
  ///   - text: what a PNG says about itself.
  /// - Throws: `FileError`.
  func write(
    _ images: Images, rows: Int? = nil, text: [(key: String, value: String)]
  ) throws {
    if case .array(let path, .npy) = self {
      try AtomicFile.write(images.npy, to: path)
    } else {
      try write(ByteImages(images), rows: rows, text: text)
    }
  }

  /// Writes images of bytes.
  func write(
    _ images: ByteImages, rows: Int? = nil, text: [(key: String, value: String)]
  ) throws {
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
    }
  }
}
