// The settings of `ddpm distill`; nil leaves a choice to the library.

import Diffusion

/// A distillation as the command line describes it.
package struct DistillSettings: Equatable, Sendable {
  /// The teacher's folder; nil is the usual one.
  package var model: String?
  package var data: DataSettings
  package var out: String
  package var existing: RunFolder.Existing
  /// The student's steps.
  package var steps: Int
  package var guidance: Double?
  package var session: SessionSettings
  package var optimizer: Optimizer
  package var batch: Int?
  package var learningRate: Double?
  package var seed: UInt64
  package var threads: Int?
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Distill = DistillCommand
    model = try arguments[CommonOptions.model]
    data = try DataSettings(arguments)
    out = try arguments[Distill.out]
    existing = try .init(arguments)
    steps = try arguments[Distill.steps]
    guidance = try arguments[Distill.guidance]
    optimizer = try arguments[TrainCommand.optimizer]
    batch = try arguments[TrainCommand.batch]
    learningRate = try arguments[TrainCommand.learningRate]
    seed = try arguments[CommonOptions.seed]
    threads = try arguments[CommonOptions.threads]
    isQuiet = try arguments[CommonOptions.quiet]
    session = try SessionSettings(
      arguments, of: Distill.name, Budget(arguments, usual: Distill.defaultEpochs))
    guard DistillationStage.students.contains(steps) else {
      let powers = DistillationStage.students.map(String.init).joined(separator: ", ")
      throw UsageError(
        "--steps \(steps): each stage halves the steps, so a student has \(powers) of them")
    }
  }
}
