// A training's folder: the model, what it is resumed from, and its log.

import Diffusion
import Foundation

/// The folder of one training, locked against any other.
package struct RunFolder: Sendable {
  /// What becomes of a run that is there already.
  package enum Existing: Sendable {
    /// It stays: the new run is refused.
    case kept
    /// It is removed.
    case replaced
    /// It goes on.
    case resumed

    /// As a command line has it.
    init(_ arguments: Arguments) throws(UsageError) {
      self =
        if try arguments[TrainCommand.resume] {
          .resumed
        } else if try arguments[TrainCommand.overwrite] {
          .replaced
        } else {
          .kept
        }
    }
  }

  /// The folder's path.
  package let path: String
  private let existing: Existing
  private let lock: RunLock
  private let metrics: MetricsLog

  package static let logName = "metrics.jsonl"
  package static let lossPlotName = "loss.png"
  private static let lockName = "training/lock"
  private static let samplesName = "samples"
  static let stepPrefix = "step-"

  /// Locks the folder and makes it ready for a run. One that is to be replaced stays until `begin()`.
  ///
  /// - Throws: `RunFolderError` if the folder is not in the state asked for; `FileError` if it
  ///   cannot be made.
  package init(_ path: String, existing: Existing) throws {
    (self.path, self.existing) = (path, existing)
    metrics = MetricsLog(path: Path.join(path, RunFolder.logName))
    try RunFolder.require(existing, at: path)
    try createFolder(path)
    let lockPath = Path.join(path, RunFolder.lockName)
    try createFolder(Path.parent(of: lockPath))
    lock = try RunLock(lockPath, folder: path)
    // Another training may have come and gone since the first look.
    try RunFolder.requireParts(existing, at: path)
    try createFolder(below(RunFolder.samplesName))
    try AtomicFile.sync(folder: Path.parent(of: path), path: path)
  }

  /// Removes the run that this one replaces, just before it saves for the first time: whatever ends the
  /// program earlier leaves the old one whole.
  ///
  /// Only what a run writes is ever removed: other files in the folder stay.
  ///
  /// - Throws: `FileError`.
  package func begin() throws(FileError) {
    if existing == .replaced { try removeRun() }
  }

  /// Makes sure that a folder is in the state asked for, before work is done for it.
  ///
  /// - Throws: `RunFolderError` if it is not; `FileError` if it cannot be made, or its lock not be
  ///   opened.
  package static func require(_ existing: Existing, at path: String) throws {
    let lock = Path.join(path, lockName)
    if FileManager.default.fileExists(atPath: lock) { _ = try RunLock(lock, folder: path) }
    try requireParts(existing, at: path)
    try requirePlace(path)
  }

  /// Makes sure that a folder can be written, or else made, without making it.
  private static func requirePlace(_ path: String) throws(FileError) {
    var place = URL(filePath: path).absoluteURL
    while !FileManager.default.fileExists(atPath: place.path), place.pathComponents.count > 1 {
      place.deleteLastPathComponent()
    }
    // The dot asks for a folder: a file of that name is none.
    if access(place.path + "/.", W_OK) != 0 { throw FileError(path: path, .uncreatable(errno)) }
  }

  private static func requireParts(
    _ existing: Existing, at path: String
  ) throws {
    switch existing {
    case .kept:
      guard try !parts(of: path).isEmpty else { return }
      throw TrainingState.exists(in: path)
        ? RunFolderError.occupied(path: path) : .holdsParts(path: path)
    case .replaced: break
    case .resumed:
      if !TrainingState.exists(in: path) { throw RunFolderError.empty(path: path) }
    }
  }

  /// The state goes first, and for good: should the removal be cut short, what is left is no
  /// training that could be resumed.
  private func removeRun() throws(FileError) {
    for file in try RunFolder.parts(of: path) + RunFolder.grids(in: path) {
      if unlink(file) != 0 { throw FileError(path: file, .unwritable(errno)) }
      if file == TrainingState.path(in: path) {
        try AtomicFile.sync(folder: Path.parent(of: file), path: file)
      }
    }
    try RunFolder.removeEmptySnapshots(in: path)
  }

  /// What there is of a run in a folder.
  private static func parts(of path: String) throws(FileError) -> [String] {
    try
      ([TrainingState.name] + PipelineFolder.Name.all.reversed() + [logName, lossPlotName]
      + DiffusionModel.Weights.allCases.map(ImageVarianceFile.name))
      .map { Path.join(path, $0) }
      .filter { FileManager.default.fileExists(atPath: $0) } + snapshotFiles(in: path)
  }

  /// The grids that runs have left in a folder.
  private static func grids(in path: String) throws(FileError) -> [String] {
    let folder = Path.join(path, samplesName)
    return try Path.entries(of: folder).filter { $0.hasPrefix(stepPrefix) && $0.hasSuffix(".png") }
      .map { Path.join(folder, $0) }
  }

  package func below(_ name: String) -> String { Path.join(path, name) }
}

// MARK: - What a training writes

extension RunFolder {
  /// Where the grid of samples after a step goes.
  package func samples(step: Int) -> String {
    below("\(RunFolder.samplesName)/\(RunFolder.name(ofStep: step)).png")
  }

  /// What is named by its step, so that names sort as steps do.
  static func name(ofStep step: Int) -> String { stepPrefix + String(format: "%06d", step) }

  /// Appends an object to `metrics.jsonl`.
  ///
  /// - Throws: `FileError`.
  package func log(_ record: MetricsRecord) throws(FileError) { try metrics.append(record) }

  /// Removes from `metrics.jsonl` what a training that goes on after `step` will log again.
  ///
  /// - Throws: `FileError`.
  package func cutLog(after step: Int) throws(FileError) { try metrics.cut(after: step) }

  /// Saves what the training is resumed from, then the model, which a resumed training writes
  /// again: whatever a crash leaves, the one file of the state decides.
  ///
  /// - Throws: `FileError`.
  package func save(_ trainer: any TrainingCourse, _ record: TrainingRecord) throws(FileError) {
    try metrics.sync()
    try trainer.saveState(to: path, record)
    try trainer.snapshot().save(to: path)
  }
}
