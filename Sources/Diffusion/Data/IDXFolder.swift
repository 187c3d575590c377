// IDX files in a folder, found by their usual names.

import Foundation

/// The IDX files of one data set: MNIST's `train-images-idx3-ubyte`, or EMNIST's
/// `emnist-NAME-train-images-idx3-ubyte`, each also `.gz` and with a dot for the second hyphen.
struct IDXFolder {
  private let path: String
  private let names: Set<String>
  /// What stands before the split's name: nothing, or "emnist-NAME-".
  private let prefix: String

  /// What a name is put together from: the more usual first.
  private static let imageRanks = [3, 4]
  private static let labelRanks = [1]

  /// The set in a folder; nil where there is none.
  ///
  /// - Parameter path: a folder.
  /// - Throws: `FileError` where there are several of EMNIST's.
  init?(_ path: String) throws(FileError) {
    self.path = path
    names = Set(try Path.entries(of: path))
    var prefixes = IDXFolder.prefixes(of: names)
    if prefixes.contains("") { prefixes = [""] }
    guard let first = prefixes.first else { return nil }
    guard prefixes.count == 1 else {
      let sets = prefixes.map { $0.dropLast() }.joined(separator: ", ")
      throw FileError(
        path: path, .invalid("holds several data sets, \(sets): leave one of them in the folder"))
    }
    prefix = first
  }

  /// The images of a split; nil where there are none.
  func images(_ split: Dataset.Split) -> String? {
    file(split, "images", ranks: IDXFolder.imageRanks)
  }

  /// The labels of a split; nil where there are none.
  func labels(_ split: Dataset.Split) -> String? {
    file(split, "labels", ranks: IDXFolder.labelRanks)
  }

  private func file(_ split: Dataset.Split, _ content: String, ranks: [Int]) -> String? {
    IDXFolder.names(split, content, ranks: ranks).map { prefix + $0 }.first(where: names.contains)
      .map { Path.join(path, $0) }
  }

  /// The most usual name of a split's images.
  static func usualName(_ split: Dataset.Split) -> String {
    names(split, "images", ranks: imageRanks)[0]
  }

  private static func names(_ split: Dataset.Split, _ content: String, ranks: [Int]) -> [String] {
    let stems =
      switch split {
      case .train: ["train"]
      case .test: ["t10k", "test"]
      }
    return stems.flatMap { stem in
      ranks.flatMap { rank in
        ["-", "."].flatMap { separator in
          ["", ".gz"].map { "\(stem)-\(content)\(separator)idx\(rank)-ubyte\($0)" }
        }
      }
    }
  }

  /// The prefixes that files of images have, in their order.
  private static func prefixes(of names: Set<String>) -> [String] {
    let endings = Dataset.Split.allCases.flatMap { self.names($0, "images", ranks: imageRanks) }
    let found = names.flatMap { name in
      endings.filter(name.hasSuffix).map { String(name.dropLast($0.count)) }
    }
    return Set(found.filter { $0.isEmpty || $0.hasPrefix("emnist-") }).sorted()
  }
}
