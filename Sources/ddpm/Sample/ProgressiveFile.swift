// Where the estimates along the way go: a grid with a column per step, or a moving picture.

import Diffusion

/// A file of `--progressive`.
package enum ProgressiveFile: Equatable, Sendable {
  /// One row per image, from the first step to the last.
  case rows(OutputFile)
  /// The grid of all images, a frame per step (APNG).
  case moving(path: String)

  private static let movingEnding = "apng"
  static let endings = OutputFile.pictureEndingList + [movingEnding]

  /// The file at `path`, in the format of its ending.
  /// - Throws: `UsageError` for any other ending.
  init(_ path: String, flag: String) throws(UsageError) {
    if path.lowercased().hasSuffix(".\(ProgressiveFile.movingEnding)") {
      self = .moving(path: path)
    } else {
      self = .rows(try OutputFile(picture: path, flag: flag, endings: ProgressiveFile.endings))
    }
  }

  /// The file as one that can be checked and named.
  var file: OutputFile {
    switch self {
    case .rows(let file): file
    case .moving(let path): .picture(path: path, .png, columns: nil)
    }
  }

  /// The most steps that are shown.
  var mostSteps: Int {
    switch self {
    case .rows: 10
    case .moving: 50
    }
  }
}
