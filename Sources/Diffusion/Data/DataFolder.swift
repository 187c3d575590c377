// A folder of images as a data set: where they are, and which of them are held out.

import Foundation

/// What a folder holds to learn from: IDX files under their usual names, in the folder or in
/// torchvision's `MNIST/raw`, or PNG files of one size, in sub-folders that are the classes. PNG files of
/// two splits are in folders named `train` and `test`, `val` or `validation`, or `training` and `testing`; a
/// class has the same number in both.
public struct DataFolder {
  /// The folder, as the user named it.
  public let path: String
  private let content: Content

  private enum Content {
    case arrays(IDXFolder)
    /// Without a test split where there is one folder only.
    case pictures(train: PictureFolder, test: PictureFolder?)
  }

  /// Looks into a folder.
  ///
  /// - Parameter path: its path.
  /// - Throws: `FileError`, with the reason `missing` if there is no folder, and `lacking` if it holds
  ///   no images.
  public init(_ path: String) throws(FileError) {
    self.path = path
    try Path.check(path)
    guard Path.isFolder(path) else {
      throw FileError(path: path, .invalid("is no folder: name the folder that the images are in"))
    }
    if let arrays = try DataFolder.arrays(in: path) {
      content = .arrays(arrays)
    } else if let pictures = try DataFolder.pictures(in: path) {
      content = pictures
    } else {
      let names = Dataset.Split.allCases.map(IDXFolder.usualName).joined(separator: " and ")
      throw FileError(
        path: path,
        .lacking(
          "no images to learn from: \(names) (also .gz, .idx3-, idx4), the same as"
            + " emnist-NAME-train-images-... and -test-images-..., such files in MNIST/raw, or PNG"
            + " files, in sub-folders for classes, or such files in two folders, train and test"))
    }
  }

  /// Whether they are PNG files.
  package var holdsPictures: Bool { if case .pictures = content { true } else { false } }

  /// Whether some of the images are meant to be held out; else a tenth is drawn from the others.
  public var hasTestSplit: Bool {
    switch content {
    case .arrays(let files): files.images(.test) != nil || files.images(.train) == nil
    case .pictures(_, let test): test != nil
    }
  }

  /// Reads a split.
  ///
  /// Where there is no test split, the last tenth of the training images in an order drawn by a seed is
  /// held out.
  ///
  /// - Parameters:
  ///   - split: the part to read.
  ///   - seed: which images are held out, where that is to be drawn.
  ///   - classes: labels are 0 ..< classes; by default anything a byte holds.
  /// - Throws: `FileError` for files that are missing or are not what they should be.
  public func load(
    _ split: Dataset.Split, seed: UInt64 = 0, classes: Int = 256
  ) throws(FileError) -> Dataset {
    if hasTestSplit { return try read(split, classes: classes) }
    let all = try read(.train, classes: classes)
    guard all.images.count > 1 else {
      throw FileError(path: path, .invalid("holds one image, and some are needed to be held out"))
    }
    return all.part(split, seed: seed)
  }

  private func read(_ split: Dataset.Split, classes: Int) throws(FileError) -> Dataset {
    switch content {
    case .arrays(let files):
      guard let images = files.images(split) else {
        throw FileError(path: Path.join(path, IDXFolder.usualName(split)), .missing)
      }
      return try Dataset(
        images: images, labels: files.labels(split), classes: classes, name: path)
    case .pictures(let train, let test):
      let data = try (split == .test ? test ?? train : train).read(name: path)
      if data.labels != nil { try data.checkLabels(below: classes) }
      return data
    }
  }
}

// MARK: - Finding

extension DataFolder {
  /// IDX files in the folder, in its sub-folder `raw`, or in that of its only sub-folder with one.
  private static func arrays(in path: String) throws(FileError) -> IDXFolder? {
    let raw = "raw"
    for place in [path, Path.join(path, raw)] {
      if let found = try IDXFolder(place) { return found }
    }
    var sets: [(name: String, files: IDXFolder)] = []
    for name in try Path.entries(of: path) {
      if let files = try IDXFolder(Path.join(Path.join(path, name), raw)) {
        sets.append((name, files))
      }
    }
    guard sets.count <= 1 else {
      throw FileError(
        path: path,
        .invalid(
          "holds several data sets: name one, such as \(Path.join(path, sets[0].name)) or"
            + " \(Path.join(path, sets[1].name))"))
    }
    return sets.first?.files
  }

  /// What folders of pictures are called that are the two splits.
  private static let splits = [
    (train: "train", test: "test"), ("training", "testing"), ("train", "val"),
    ("train", "validation"),
  ]

  /// PNG files in the folder, in two of its sub-folders that are named as the splits are, or in one that is
  /// named as the training split.
  private static func pictures(in path: String) throws(FileError) -> Content? {
    for (train, test) in splits {
      if let train = try PictureFolder(Path.join(path, train)),
        let test = try PictureFolder(Path.join(path, test))
      {
        return .pictures(train: train, test: try test.numbered(as: train))
      }
    }
    let whole = try PictureFolder(path)
    for (train, _) in splits where whole?.hasOneClass(of: train) ?? true {
      if let train = try PictureFolder(Path.join(path, train)) {
        return .pictures(train: train, test: nil)
      }
    }
    return whole.map { .pictures(train: $0, test: nil) }
  }
}

extension Dataset {
  /// Images and labels of two IDX files.
  fileprivate init(
    images imagePath: String, labels labelPath: String?, classes: Int, name: String
  ) throws(FileError) {
    let images = try IDX.images(at: imagePath)
    guard let labelPath else {
      self.init(images: images, labels: nil, name: name)
      return
    }
    let labels = try IDX.labels(at: labelPath, classes: classes)
    guard labels.count == images.count else {
      throw FileError(
        path: labelPath,
        .invalid("has \(labels.count) labels for the \(images.count) images of \(imagePath)"))
    }
    self.init(images: images, labels: labels, name: name)
  }
}
