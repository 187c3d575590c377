// The model that a command works on: where it is looked for, and the ways out when it is not there.

import Diffusion

/// The model that a command works on.
package enum ModelChoice {
  /// Where a training puts its run by default.
  static let defaultRun = "runs/mnist"
  /// The model that comes with the program, in its repository.
  static let shipped = "data/model"
  /// Its student of few steps.
  static let fast = "data/fast"

  /// Where the model that ships may be: in the working folder, else beside the program.
  static var shippedPlaces: [String] { places(shipped, installedAs: "model") }
  /// Where its student may be.
  static var fastPlaces: [String] { places(fast, installedAs: "fast") }
  /// Where the model is looked for that nobody names.
  static var usualPlaces: [String] { [defaultRun] + shippedPlaces }

  private static func places(_ here: String, installedAs name: String) -> [String] {
    [here, Installation.path(name)].compactMap(\.self)
  }

  /// Whether a model is one of those beside the program, where users may not write.
  static func isInstalled(_ folder: String) -> Bool {
    [Installation.path("model"), Installation.path("fast")].contains(folder)
  }

  /// The student that ships.
  /// - Throws: `MissingInput` where it is not there.
  static func fastFolder() throws -> String {
    guard let folder = fastPlaces.first(where: Path.exists) else {
      throw MissingInput(
        description:
          "there is no \(fastPlaces.joined(separator: " and no ").printable), the student"
          + " that ships: make one with ddpm distill, and name it with --model")
    }
    return folder
  }

  /// Opens the folder named, or else the default run, or else the model that ships.
  /// - Throws: `MissingInput` where there is none, `FileError` for one that is not a model.
  static func open(
    _ folder: String?, weights: DiffusionModel.Weights = .ema, _ progress: SharedProgress
  ) throws -> (model: DiffusionModel, folder: String) {
    let path = folder ?? usualPlaces.first(where: Path.exists) ?? defaultRun
    guard Path.exists(path) else {
      throw MissingInput(
        description: folder == nil
          ? "there is no model in \(path): train one with ddpm train, or name one with --model"
          : "\(path): no such file or folder")
    }
    if folder == nil && shippedPlaces.contains(path) {
      progress.say(
        "ddpm: there is no run in \(defaultRun): taking the model that ships, \(path.printable)")
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
      progress.warn("\(path.printable): settings that mean nothing here: \(keys)")
    }
    if !model.approximations.isEmpty {
      let settings = model.approximations.joined(separator: ", ").printable
      progress.warn("\(path.printable): of the scheduler, \(settings)")
    }
    return (model, path)
  }
}
