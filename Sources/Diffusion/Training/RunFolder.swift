// A training's folder: the model, and what the training tells about itself.

import Foundation

/// A folder that already holds a run.
public struct OccupiedFolder: Error, CustomStringConvertible {
  /// The folder's path.
  public let path: String

  /// One line: what is there, and what to do.
  public var description: String {
    "\(path.printable) holds a run already: take another folder with --out, or replace it with"
      + " --overwrite"
  }
}

/// The folder of one training.
public struct RunFolder: Sendable {
  /// What becomes of a run that is there already.
  public enum Existing: Sendable {
    /// It stays: the new run is refused.
    case kept
    /// It is removed.
    case replaced
  }

  /// The folder's path.
  public let path: String

  private static let modelNames = [
    "model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
    "scheduler/scheduler_config.json",
  ]
  static let logName = "metrics.jsonl"
  static let lossPlotName = "loss.png"
  private static let samplesName = "samples"
  private static let gridPrefix = "step-"

  /// Makes the folder ready for a new run.
  ///
  /// Only what a run writes is ever removed: other files in the folder stay.
  ///
  /// - Throws: `OccupiedFolder` if there is a run that is to be kept; `FileError` if the folder
  ///   cannot be made.
  public init(_ path: String, existing: Existing) throws {
    self.path = path
    if existing == .kept { try RunFolder.requireVacant(path) }
    for file in RunFolder.parts(of: path) + RunFolder.grids(in: path) {
      if unlink(file) != 0 { throw FileError(path: file, .unwritable(errno)) }
    }
    try createFolder(path)
    try createFolder(below(RunFolder.samplesName))
  }

  /// Makes sure that a folder holds no run, before work is done for it.
  ///
  /// - Throws: `OccupiedFolder` if it does.
  public static func requireVacant(_ path: String) throws(OccupiedFolder) {
    guard parts(of: path).isEmpty else { throw OccupiedFolder(path: path) }
  }

  /// What there is of a run in a folder.
  private static func parts(of path: String) -> [String] {
    (modelNames + [logName, lossPlotName])
      .map { URL(filePath: path).appending(path: $0).path }
      .filter { FileManager.default.fileExists(atPath: $0) }
  }

  /// The grids that runs have left in a folder.
  private static func grids(in path: String) -> [String] {
    let folder = URL(filePath: path).appending(path: samplesName)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix(gridPrefix) && $0.hasSuffix(".png") }
      .map { folder.appending(path: $0).path }
  }

  func below(_ name: String) -> String { URL(filePath: path).appending(path: name).path }

  /// Where the grid of samples after a step goes.
  public func samples(step: Int) -> String {
    below(
      "\(RunFolder.samplesName)/\(RunFolder.gridPrefix)\(String(format: "%06d", step)).png")
  }

  /// Appends an object to `metrics.jsonl`.
  ///
  /// - Throws: `FileError`.
  public func log(_ record: MetricsRecord) throws(FileError) {
    try appendLine(record.line, to: below(RunFolder.logName))
  }

  private func appendLine(_ line: String, to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, .uncreatable(errno)) }
    defer { close(descriptor) }
    let bytes = Array((line + "\n").utf8)
    // A line is far shorter than what a file system writes at once; less means that it is full.
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 { throw FileError(path: path, .unwritable(errno)) }
    if written < bytes.count { throw FileError(path: path, .unwritable(ENOSPC)) }
  }
}

/// What `metrics.jsonl` says of a step.
public struct MetricsRecord: Sendable {
  /// The step and what it did.
  public var step: Trainer.Step
  /// Seconds since the training began.
  public var seconds: Double
  /// Images a second, over the steps since the record before.
  public var imagesPerSecond: Double
  /// The loss on held-out images, where it was measured.
  public var heldOut: HeldOutLoss.Measurement?

  /// A record of a step.
  public init(
    step: Trainer.Step, seconds: Double, imagesPerSecond: Double,
    heldOut: HeldOutLoss.Measurement?
  ) {
    (self.step, self.seconds, self.imagesPerSecond) = (step, seconds, imagesPerSecond)
    self.heldOut = heldOut
  }

  var line: String {
    var members = [
      JSON.Member("step", .integer(step.number)), JSON.Member("seconds", .number(seconds)),
      JSON.Member("loss", .number(step.loss)),
      JSON.Member("gradient_norm", .number(step.gradientNorm)),
      JSON.Member("learning_rate", .number(step.learningRate)),
      JSON.Member("images_per_second", .number(imagesPerSecond)),
    ]
    if let heldOut {
      members.append(JSON.Member("held_out_loss", .number(heldOut.mean)))
      members.append(
        JSON.Member("held_out_by_timestep", .array(heldOut.byTimestep.map(JSON.number))))
    }
    return JSON.object(members).text(.compact)
  }
}
