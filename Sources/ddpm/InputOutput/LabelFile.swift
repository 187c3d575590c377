// The classes of images, in a file beside theirs.

import Diffusion
import Foundation

/// `a-labels.idx` beside `a.idx` and `a.npy`, `a-labels.idx.gz` beside `a.idx.gz`.
enum LabelFile {
  /// The path beside a file of images, latents or noise.
  static func path(beside path: String) -> String {
    for ending in [".idx", ".idx.gz"] where path.lowercased().hasSuffix(ending) {
      return "\(path.dropLast(ending.count))-labels\(path.suffix(ending.count))"
    }
    let name = path.lowercased().hasSuffix(".npy") ? String(path.dropLast(4)) : path
    return "\(name)-labels.idx"
  }

  /// Writes the classes; where there are none, labels of images that were there before are removed, with a
  /// word.
  ///
  /// - Returns: the path of what was written.
  /// - Throws: `FileError`.
  static func write(_ classes: [Int], beside images: String) throws(FileError) -> [String] {
    let path = path(beside: images)
    // Labels of IDX are bytes.
    guard !classes.isEmpty, classes.allSatisfy({ $0 <= UInt8.max }) else {
      if unlink(path) == 0 {
        Output.messages.note("ddpm: \(path.printable) is removed: these images have no labels\n")
      } else if errno != ENOENT, errno != ENOTDIR {
        throw FileError(path: path, .unwritable(errno))
      }
      return []
    }
    try IDX(shape: [classes.count], bytes: classes.map { UInt8($0) }).write(to: path)
    return [path]
  }

  /// Where the labels of a file of images may lie: by MNIST's names, or by those above.
  static func paths(beside images: String) -> [String] {
    let name = URL(filePath: images).lastPathComponent
    let usual = name.replacing("images", with: "labels").replacing("idx3", with: "idx1")
      .replacing("idx4", with: "idx1")
    let isUsual = name != usual && name.contains("idx")
    return (isUsual ? [Path.join(Path.parent(of: images), usual)] : []) + [path(beside: images)]
  }

  /// The classes of images whose labels lie beside them, also by MNIST's names; nil where there are none.
  ///
  /// - Parameters:
  ///   - images: the path of the images.
  ///   - count: how many there are.
  ///   - classes: how many classes the model has, nil for any.
  /// - Throws: `FileError` for labels of another number of images, or of no class.
  static func classes(
    beside images: String, of count: Int, below classes: Int? = nil
  ) throws(FileError) -> [Int]? {
    guard let found = paths(beside: images).first(where: Path.exists) else { return nil }
    let labels = try IDX.labels(at: found, classes: classes ?? 256)
    guard labels.count == count else {
      throw FileError(
        path: found, .invalid("has \(labels.count) labels for the \(count) images of \(images)"))
    }
    return labels.map(Int.init)
  }
}
