// The images to learn from or to compare with: one split of a data set, with labels if it has any.

import Foundation

/// Images, perhaps with a label each.
public struct Dataset: Sendable {
  /// The two parts of a data set.
  public enum Split: CaseIterable, Sendable {
    /// What the network learns from.
    case train
    /// What is held out of the training.
    case test
  }

  /// The images.
  public let images: ByteImages
  /// One label per image, in the images' order, if the set is labelled.
  public let labels: [UInt8]?
  /// What the user calls the set: its folder, or "synthetic".
  public let name: String

  /// A set that is already in memory.
  ///
  /// - Parameters:
  ///   - images: the images.
  ///   - labels: as many labels as images, or none.
  ///   - name: what the user calls the set.
  public init(images: ByteImages, labels: [UInt8]?, name: String) {
    precondition(
      labels.map { $0.count == images.count } ?? true,
      "\(labels?.count ?? 0) labels for \(images.count) images")
    self.images = images
    self.labels = labels
    self.name = name
  }

  /// Reads a split from a folder of IDX files under their usual names, such as
  /// `train-images-idx3-ubyte` or `t10k-labels.idx1-ubyte.gz`; labels may be missing.
  ///
  /// - Parameters:
  ///   - folder: the folder's path.
  ///   - split: the part to read.
  ///   - classes: labels are 0 ..< classes; by default anything a byte holds.
  /// - Throws: `FileError`, with the reason `missing` if there is no folder or no image file.
  public static func load(
    folder: String, split: Split, classes: Int = 256
  ) throws(FileError) -> Dataset {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw FileError(path: folder, .missing)
    }
    guard isFolder.boolValue else { throw FileError(path: folder, .unreadable(ENOTDIR)) }

    let imageNames = fileNames(split, "images", ranks: [3, 4])
    guard let imagePath = firstFile(in: folder, of: imageNames) else {
      throw FileError(path: Path.join(folder, imageNames[0]), .missing)
    }
    let images = try IDX.images(at: imagePath)
    guard let labelPath = firstFile(in: folder, of: fileNames(split, "labels", ranks: [1])) else {
      return Dataset(images: images, labels: nil, name: folder)
    }
    let labels = try IDX.labels(at: labelPath, classes: classes)
    guard labels.count == images.count else {
      throw FileError(
        path: labelPath,
        .invalid("has \(labels.count) labels for the \(images.count) images of \(imagePath)"))
    }
    return Dataset(images: images, labels: labels, name: folder)
  }

  /// The first images with their labels.
  ///
  /// - Parameter count: how many; all of them where there are not more.
  public func prefix(_ count: Int) -> Dataset {
    let count = min(count, images.count)
    return Dataset(
      images: images[0..<count], labels: labels.map { Array($0.prefix(count)) }, name: name)
  }

  /// Makes sure that the images are of the same size as those of another split.
  ///
  /// - Throws: `FileError` naming both sizes if they are not.
  package func checkSize(matches other: Dataset) throws(FileError) {
    guard images.size == other.images.size else {
      throw FileError(
        path: name,
        .invalid("its images are \(images.size), those of the other split \(other.images.size)"))
    }
  }
}

// MARK: - Classes

extension Dataset {
  /// How many classes the labels tell apart: one more than the largest of them.
  ///
  /// - Throws: `FileError` for a set without labels.
  public func classCount() throws(FileError) -> Int {
    Int(try requiredLabels().max() ?? 0) + 1
  }

  /// How many of the classes have images: fewer than `classCount` where a label is far from the
  /// others, by mistake or because the set was cut.
  ///
  /// - Throws: `FileError` for a set without labels.
  package func seenClassCount() throws(FileError) -> Int { Set(try requiredLabels()).count }

  /// Makes sure that every image is of one of a model's classes.
  ///
  /// - Throws: `FileError` for a set without labels, or with a label that is not one of the classes.
  package func checkLabels(below classes: Int) throws(FileError) {
    guard let label = try requiredLabels().first(where: { $0 >= classes }) else { return }
    throw FileError(
      path: name,
      .invalid("has the label \(label), and the model's \(classes) classes are 0 to \(classes - 1)")
    )
  }

  private func requiredLabels() throws(FileError) -> [UInt8] {
    if let labels { return labels }
    let reason =
      "has no labels for its images, which a conditional model needs: put the labels file beside"
      + " them, such as train-labels-idx1-ubyte, or leave the classes out"
    throw FileError(path: name, .invalid(reason))
  }
}

// MARK: - File names

extension Dataset {
  /// The usual names, most usual first.
  private static func fileNames(_ split: Split, _ content: String, ranks: [Int]) -> [String] {
    let stem =
      switch split {
      case .train: "train"
      case .test: "t10k"
      }
    return ranks.flatMap { rank in
      ["-", "."].flatMap { separator in
        ["", ".gz"].map { "\(stem)-\(content)\(separator)idx\(rank)-ubyte\($0)" }
      }
    }
  }

  private static func firstFile(in folder: String, of names: [String]) -> String? {
    names.map { Path.join(folder, $0) }.first(where: Path.exists)
  }
}
