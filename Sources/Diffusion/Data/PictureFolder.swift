// A folder of PNG files as a data set: sub-folders, where there are any, are the classes.

import Foundation

/// PNG files of one size, with a label each where they lie in sub-folders.
struct PictureFolder {
  private let path: String
  private let files: [(path: String, label: UInt8)]
  /// The sub-folders in the order of their names; none where the files lie in the folder itself.
  private let classes: [String]

  private static let mostClasses = 256

  private init(path: String, files: [(path: String, label: UInt8)], classes: [String]) {
    (self.path, self.files, self.classes) = (path, files, classes)
  }

  /// The pictures in a folder; nil where there are none.
  ///
  /// - Parameter path: a folder.
  /// - Throws: `FileError` where it is not clear what the classes are.
  init?(_ path: String) throws(FileError) {
    self.path = path
    guard Path.isFolder(path) else { return nil }
    let own = try PictureFolder.pictures(in: path)
    let classes = try PictureFolder.folders(in: path).map { name throws(FileError) in
      (name: name, files: try PictureFolder.pictures(in: Path.join(path, name)))
    }.filter { !$0.files.isEmpty }
    guard own.isEmpty || classes.isEmpty else {
      throw FileError(
        path: path,
        .invalid(
          "holds PNG files beside its sub-folder \(classes[0].name), which has some too: put all"
            + " into sub-folders, one per class, or none"))
    }
    try PictureFolder.check(classes: classes.count, in: path)
    guard !own.isEmpty || !classes.isEmpty else { return nil }
    self.classes = classes.map(\.name)
    files =
      own.map { ($0, 0) }
      + classes.enumerated().flatMap { label, found in found.files.map { ($0, UInt8(label)) } }
  }

  /// The same pictures with the numbers that another folder gives the classes of their names; classes that it
  /// does not have follow behind.
  ///
  /// Where one of the two has no classes, each stays as it is.
  ///
  /// - Throws: `FileError` where there are too many classes in all.
  func numbered(as other: PictureFolder) throws(FileError) -> PictureFolder {
    guard !classes.isEmpty, !other.classes.isEmpty else { return self }
    let all = other.classes + classes.filter { !other.classes.contains($0) }
    try PictureFolder.check(classes: all.count, in: path)
    let numbers = classes.map { name in UInt8(all.firstIndex(of: name) ?? 0) }
    return PictureFolder(
      path: path, files: files.map { ($0.path, numbers[Int($0.label)]) }, classes: all)
  }

  private static func check(classes count: Int, in path: String) throws(FileError) {
    guard count <= PictureFolder.mostClasses else {
      throw FileError(
        path: path,
        .invalid(
          "has \(count) sub-folders with PNG files; at most \(PictureFolder.mostClasses)"
            + " classes are told apart"))
    }
  }

  /// Whether its only class is of a name.
  func hasOneClass(of name: String) -> Bool { classes == [name] }

  /// Reads the pictures.
  ///
  /// - Parameter name: what the user calls the set.
  /// - Throws: `FileError` for one that cannot be read, or is of another size than the first.
  func read(name: String) throws(FileError) -> Dataset {
    var pixels: [UInt8] = []
    var first: ImageSize?
    for file in files {
      let picture = try PNG.read(file.path)
      let size = ImageSize(
        height: picture.height, width: picture.width, channels: picture.channels)
      if let first, first != size {
        let what =
          size.channels == first.channels
          ? "of one size" : "all grey or all of three channels"
        throw FileError(
          path: file.path,
          .invalid("is \(size), and \(files[0].path) is \(first): a set's images are \(what)"))
      }
      if first == nil {
        let all = [size.values, files.count].checkedProduct
        try AvailableMemory.check(all, of: path)
        pixels.reserveCapacity(all ?? 0)
      }
      first = size
      pixels += picture.pixels
    }
    guard let first else { preconditionFailure("\(path) has no pictures") }
    return Dataset(
      images: ByteImages(size: first, pixels: pixels),
      labels: classes.isEmpty ? nil : files.map(\.label), name: name,
      classNames: classes.isEmpty ? nil : classes)
  }

  private static func pictures(in folder: String) throws(FileError) -> [String] {
    try entries(of: folder).filter { $0.lowercased().hasSuffix(".png") }
      .map { Path.join(folder, $0) }.filter { !Path.isFolder($0) }
  }

  /// What only the folder of a training or of its model holds: its pictures are no data.
  private static let runParts = ["training", "model_index.json"]

  private static func folders(in folder: String) throws(FileError) -> [String] {
    try entries(of: folder).map { (name: $0, path: Path.join(folder, $0)) }
      .filter { entry in
        Path.isFolder(entry.path)
          && !runParts.contains { Path.exists(Path.join(entry.path, $0)) }
      }.map(\.name)
  }

  /// The names in a folder, in their order, without those of hidden files.
  private static func entries(of folder: String) throws(FileError) -> [String] {
    let names = try Path.entries(of: folder).filter { !$0.hasPrefix(".") }
    // Bytes that are no text have become U+FFFD, by which nothing is found again.
    if let name = names.first(where: { $0.contains("\u{FFFD}") }),
      !Path.exists(Path.join(folder, name))
    {
      throw FileError(
        path: Path.join(folder, name), .invalid("has a name that is not UTF-8: rename it"))
    }
    return names
  }
}
