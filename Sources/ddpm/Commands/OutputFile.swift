// Where samples go: the file's ending says what is written.

/// A file of samples.
package enum OutputFile: Equatable, Sendable {
  /// A grid; without columns, as square as the count allows.
  case picture(path: String, PictureFormat, columns: Int?)
  /// Every image.
  case array(path: String, ArrayFormat)

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
    if let format = Self.format(of: path, among: PictureFormat.allCases) {
      self = .picture(path: path, format, columns: columns)
    } else if let format = Self.format(of: path, among: ArrayFormat.allCases) {
      guard columns == nil else {
        throw UsageError("--grid arranges a picture, but \"\(path)\" holds images one by one")
      }
      self = .array(path: path, format)
    } else {
      throw UsageError(
        "\(flag) takes a file ending in \(Self.pictureEndings), \(Self.arrayEndings), "
          + "not \"\(path)\"")
    }
  }

  private static func format<Format: RawRepresentable<String>>(
    of path: String, among formats: [Format]
  ) -> Format? {
    formats.first { path.lowercased().hasSuffix(".\($0.rawValue)") }
  }

  /// The endings of a grid's file, as the help lists them.
  static let pictureEndings = list(PictureFormat.allCases)
  /// The endings of a file of images.
  static let arrayEndings = list(ArrayFormat.allCases)

  private static func list<Format: RawRepresentable<String>>(_ formats: [Format]) -> String {
    formats.map { ".\($0.rawValue)" }.joined(separator: ", ")
  }
}
