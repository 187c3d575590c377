// `ddpm distill`: its words and its options.

import Diffusion

/// Distils a model into a student of few steps.
package struct DistillCommand: Command {
  package static let name = "distill"
  package static let isShared = true
  package static let abstract = "Distils a model into one that draws in a few steps, down to one"
  package static let examples = [
    Example(
      "ddpm distill --steps 2 --out runs/fast", "a student of the model at hand, in two steps"),
    Example(
      "ddpm distill --model runs/mnist --steps 1 --minutes 20 --out runs/one",
      "twenty minutes for one"
    ),
    Example(
      "ddpm distill --steps 4 --guidance 1 --out runs/guided",
      "a student that draws what the guided model draws, without its second evaluation"),
    Example("ddpm distill --resume --out runs/fast", "go on with it"),
  ]

  static let out = Option<String>(
    "--out", "DIR", .folder, default: "runs/distilled", "the student's folder")
  static let steps = Option<Int>(
    "--steps", "S", .integer(1...Limit.steps), default: 2,
    "the student's steps, a power of two")
  static let guidance = Option<Double?>(
    "--guidance", "W", .number(0...Limit.guidance), unset: "0",
    "distil the model as --guidance W draws it")
  static let epochs = Option<Int?>(
    TrainCommand.epochs.flag, "N", .integer(1...Limit.steps), unset: "\(defaultEpochs)",
    "train for N passes over the data")
  static let defaultEpochs = 2

  package static let table = OptionTable(
    .init(
      "Model, data and output", CommonOptions.model, CommonOptions.data, CommonOptions.transpose,
      out, TrainCommand.resume,
      TrainCommand.overwrite),
    .init("Student", steps, guidance),
    .init("Budget, one of the two", epochs, TrainCommand.minutes),
    .init("Optimisation", TrainCommand.optimizer, TrainCommand.batch, TrainCommand.learningRate),
    .init("Machine and reproducibility", CommonOptions.seed, CommonOptions.threads),
    .init("On the way", TrainCommand.sampleEvery, TrainCommand.saveEvery, CommonOptions.quiet),
    exclusive: [[epochs, TrainCommand.minutes], [TrainCommand.resume, TrainCommand.overwrite]])

  package let settings: DistillSettings
  let arguments: Arguments

  package init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    settings = try DistillSettings(arguments)
  }
}
