// The data that a command line names, and how they are read.

import Diffusion

/// Images by the options that say where they come from.
package struct DataSettings: Equatable, Sendable {
  package var choice: DataChoice
  /// Whether every image is mirrored in its diagonal, which turns EMNIST's upright.
  package var isTransposed: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    choice = try arguments[CommonOptions.data]
    isTransposed = try arguments[CommonOptions.transpose]
  }

  /// What to do where a folder of images is missing.
  static let waysOut = "get MNIST with scripts/fetch-mnist.sh, or take --data synthetic"

  /// One split of the data, or the first `limit` images of it.
  ///
  /// - Parameter seed: which images are held out, where the data have no test split.
  /// - Throws: `MissingInput` where the folder or its images are missing, `FileError` else.
  func load(
    _ split: Dataset.Split, seed: UInt64, limit: Int? = nil, waysOut: String = waysOut
  ) throws -> Dataset {
    switch choice {
    case .synthetic:
      let count = SyntheticDigits.count(of: split)
      let drawn = SyntheticDigits.images(split, range: 0..<min(limit ?? count, count))
      let images = Dataset(images: drawn.images, labels: drawn.labels, name: "synthetic")
      return isTransposed ? images.transposed : images
    case .folder(let folder):
      do {
        let all = try DataFolder(folder).load(split, seed: seed)
        let images = limit.map(all.prefix) ?? all
        return isTransposed ? images.transposed : images
      } catch {
        switch error.reason {
        case .missing, .lacking: throw MissingInput(description: "\(error); \(waysOut)")
        default: throw error
        }
      }
    }
  }

  /// Makes sure that a run's own pictures do not fall among the images that it learns from.
  ///
  /// - Parameter out: the run's folder.
  /// - Throws: `UsageError`.
  func check(out: String) throws(UsageError) {
    guard case .folder(let path) = choice, Path.isSame(path, out),
      (try? DataFolder(path))?.holdsPictures ?? false
    else { return }
    throw UsageError(
      "--out is the folder of the pictures, and a run has pictures of its own: take another one")
  }

  /// Whether the images that are held out are drawn from the others.
  var drawsHeldOut: Bool {
    guard case .folder(let path) = choice, let folder = try? DataFolder(path) else { return false }
    return !folder.hasTestSplit
  }

  /// The seed that drew the images held out of a model's training: of a run of ddpm train its own.
  ///
  /// - Parameters:
  ///   - folder: the model's.
  ///   - seed: for a model that does not say.
  func heldOutSeed(of folder: String, or seed: UInt64) -> UInt64 {
    guard drawsHeldOut, let run = try? TrainingState(folder: folder).record else { return seed }
    return run.settings[CommonOptions.seed.flag].flatMap(CommonOptions.seed.format.read) ?? seed
  }

  /// What is said where they are.
  ///
  /// - Parameter seed: which ones are.
  func note(heldOutBy seed: UInt64) -> String? {
    drawsHeldOut ? "a tenth drawn by seed \(seed), as there is no test split" : nil
  }
}
