// What commands read: data sets and models, with the ways out when they are not there.

import Diffusion
import Foundation

/// An input that is not there, with what can be done about it.
struct MissingInput: Error, CustomStringConvertible {
  let description: String
}

extension Dataset {
  /// Makes sure that images and labels are those of a model.
  ///
  /// - Throws: `FileError`.
  func check(for model: DiffusionModel) throws(FileError) {
    guard images.size == model.imageSize else {
      throw FileError(
        path: name,
        .invalid("its images are \(images.size), those of the model \(model.imageSize)"))
    }
    if let classes = model.classCount { try checkLabels(below: classes) }
  }
}

/// The cores that this process may use, or as many threads as asked for.
func threadCount(_ asked: Int?) -> Int {
  asked ?? AvailableCores.count
}

/// The model that a command works on.
enum ModelChoice {
  /// Where a training puts its run by default.
  static let defaultRun = "runs/mnist"
  /// The model that comes with the program.
  static let shipped = "data/model"
  /// Its student of few steps.
  static let fast = "data/fast"

  /// Opens the folder named, or else the default run, or else the model that ships.
  /// - Throws: `MissingInput` where there is none, `FileError` for one that is not a model.
  static func open(
    _ folder: String?, weights: DiffusionModel.Weights = .ema, _ progress: SharedProgress
  ) throws -> (model: DiffusionModel, folder: String) {
    let exists = FileManager.default.fileExists(atPath:)
    let path = folder ?? [defaultRun, shipped].first(where: exists) ?? defaultRun
    guard exists(path) else {
      throw MissingInput(
        description: folder == nil
          ? "there is no model in \(path): train one with ddpm train, or name one with --model"
          : "\(path): no such file or folder")
    }
    if folder == nil && path == shipped {
      progress.say("ddpm: there is no run in \(defaultRun): taking the model that ships, \(path)")
    }
    let model: DiffusionModel
    do {
      model = try DiffusionModel(folder: path, weights: weights)
    } catch {
      guard error.reason == .invalid(DiffusionModel.noRawWeights) else { throw error }
      let wayOut = ", as only a run of ddpm train has: take --weights ema"
      throw FileError(path: path, .invalid(DiffusionModel.noRawWeights + wayOut))
    }
    if !model.ignoredKeys.isEmpty {
      let keys = model.ignoredKeys.joined(separator: ", ").printable
      progress.say("ddpm: \(path.printable): settings that mean nothing here: \(keys)")
    }
    if !model.approximations.isEmpty {
      let settings = model.approximations.joined(separator: ", ").printable
      progress.say("ddpm: \(path.printable): of the scheduler, \(settings)")
    }
    return (model, path)
  }
}
