// Where samples go: the file's ending says what is written.

import Diffusion

/// A file of samples.
package enum OutputFile: Equatable, Sendable {
  /// A grid; without columns, as square as the count allows.
  case picture(path: String, PictureFormat, columns: Int?)
  /// Every image, in one file.
  case array(path: String, ArrayFormat)
  /// A PNG for each image.
  case folder(path: String)

  /// A file format of a grid.
  package enum PictureFormat: String, CaseIterable, Sendable { case png, pgm }

  /// A file format of many images.
  package enum ArrayFormat: String, CaseIterable, Sendable {
    /// Unsigned bytes.
    case idx
    /// Unsigned bytes, compressed.
    case compressedIDX = "idx.gz"
    /// Floats in [-1, 1], `[N, C, H, W]`.
    case npy
  }

  /// The file at `path`, in the format of its ending.
  /// - Throws: `UsageError` for another ending, and for columns without a grid.
  init(path: String, columns: Int?, flag: String) throws(UsageError) {
    if path.hasSuffix("/") {
      guard columns == nil else { throw Self.gridOfSingleImages(path) }
      self = .folder(path: path)
    } else if let format = Self.format(of: path, among: PictureFormat.allCases) {
      self = .picture(path: path, format, columns: columns)
    } else if let format = Self.format(of: path, among: ArrayFormat.allCases) {
      guard columns == nil else { throw Self.gridOfSingleImages(path) }
      self = .array(path: path, format)
    } else {
      throw Self.otherEnding(path, flag, Self.endings)
    }
  }

  /// The picture at `path`, in the format of its ending.
  /// - Throws: `UsageError` for any other ending.
  init(
    picture path: String, flag: String, endings: [String] = pictureEndingList
  ) throws(UsageError) {
    guard let format = Self.format(of: path, among: PictureFormat.allCases) else {
      throw Self.otherEnding(path, flag, endings)
    }
    self = .picture(path: path, format, columns: nil)
  }

  /// Makes sure that no file that is read is written over, and no labels that lie beside it.
  ///
  /// - Parameters:
  ///   - inputs: the paths of the images that are read.
  ///   - outputs: the paths of what is written, with the labels beside it, as the option `flag` has it.
  /// - Throws: `UsageError`.
  static func refuse(
    replacing inputs: [String], by outputs: [String], _ flag: String
  ) throws(UsageError) {
    let labels = inputs.flatMap(LabelFile.paths).filter(Path.exists)
    for output in outputs {
      guard let input = (inputs + labels).first(where: { Path.isSame($0, output) }) else {
        continue
      }
      throw UsageError("\(flag) would replace \"\(input)\", which is read: take another name")
    }
  }

  /// The same picture with so many images per row; of an array, itself.
  func arranged(columns: Int) -> OutputFile {
    guard case .picture(let path, let format, _) = self else { return self }
    return .picture(path: path, format, columns: columns)
  }

  private static func gridOfSingleImages(_ path: String) -> UsageError {
    UsageError("--grid arranges a picture, but \"\(path)\" holds images one by one")
  }

  private static func otherEnding(
    _ path: String, _ flag: String, _ endings: [String]
  ) -> UsageError {
    let list = list(endings)
    let name = path.split(separator: ".", omittingEmptySubsequences: false)
    let meant = name.count > 1 ? name.last.flatMap { nearest(to: String($0), among: endings) } : nil
    let hint = meant.map { "; did you mean .\($0)?" } ?? ""
    let folder = endings == Self.endings ? ", or a folder ending in /" : ""
    return UsageError("\(flag) takes a file ending in \(list)\(folder), not \"\(path)\"\(hint)")
  }

  private static func format<Format: RawRepresentable<String>>(
    of path: String, among formats: [Format]
  ) -> Format? {
    formats.first { path.lowercased().hasSuffix(".\($0.rawValue)") }
  }

  static let pictureEndingList = PictureFormat.allCases.map(\.rawValue)
  private static let arrayEndingList = ArrayFormat.allCases.map(\.rawValue)
  /// The endings of every format, without their dots.
  static let endings = pictureEndingList + arrayEndingList
  /// The endings of a grid's file, as the help lists them.
  static let pictureEndings = list(pictureEndingList)
  /// The endings of a file of images.
  static let arrayEndings = list(arrayEndingList)

  private static func list(_ endings: [String]) -> String {
    endings.map { ".\($0)" }.joined(separator: ", ")
  }
}
