// The images to learn from or to compare with: one split of a data set, with labels if it has any.

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
  /// What the classes are called, where they have names.
  public let classNames: [String]?

  /// A set that is already in memory.
  ///
  /// - Parameters:
  ///   - images: the images.
  ///   - labels: as many labels as images, or none.
  ///   - name: what the user calls the set.
  ///   - classNames: what the classes are called, where they have names.
  public init(
    images: ByteImages, labels: [UInt8]?, name: String, classNames: [String]? = nil
  ) {
    precondition(
      labels.map { $0.count == images.count } ?? true,
      "\(labels?.count ?? 0) labels for \(images.count) images")
    self.images = images
    self.labels = labels
    (self.name, self.classNames) = (name, classNames)
  }

  /// Reads a split from a folder, as `DataFolder` finds it.
  ///
  /// - Parameters:
  ///   - folder: the folder's path.
  ///   - split: the part to read.
  ///   - classes: labels are 0 ..< classes; by default anything a byte holds.
  /// - Throws: `FileError`, with the reason `missing` if there is no folder, and `lacking` if it holds
  ///   no images.
  public static func load(
    folder: String, split: Split, classes: Int = 256
  ) throws(FileError) -> Dataset {
    try DataFolder(folder).load(split, classes: classes)
  }

  /// The first images with their labels.
  ///
  /// - Parameter count: how many; all of them where there are not more.
  public func prefix(_ count: Int) -> Dataset {
    let count = min(count, images.count)
    return Dataset(
      images: images[0..<count], labels: labels.map { Array($0.prefix(count)) }, name: name,
      classNames: classNames)
  }

  /// The same with every image mirrored in its diagonal, as EMNIST's files need it.
  package var transposed: Dataset {
    Dataset(images: images.transposed, labels: labels, name: name, classNames: classNames)
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

  /// Makes sure that every image is of one of a model's classes.
  ///
  /// - Throws: `FileError` for a set without labels, or with a label that is not one of the classes.
  package func checkLabels(below classes: Int) throws(FileError) {
    guard let label = try requiredLabels().first(where: { $0 >= classes }) else { return }
    let words = classNames.map { " (\($0[Int(label)]))" } ?? ""
    throw FileError(
      path: name,
      .invalid(
        "has the label \(label)\(words), and the model's \(classes) classes are 0 to \(classes - 1)"
      ))
  }

  private func requiredLabels() throws(FileError) -> [UInt8] {
    if let labels { return labels }
    let reason =
      "has no labels for some of its images, which a conditional model needs: put the labels files beside"
      + " them, such as train-labels-idx1-ubyte and t10k-labels-idx1-ubyte"
    throw FileError(path: name, .invalid(reason))
  }
}
