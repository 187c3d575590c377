// The settings of `ddpm train`; nil leaves a choice to the library.

import Diffusion

/// What becomes of the labels of the training images.
package enum LabelUse: Equatable, Sendable {
  /// The network is conditioned on them where there are any.
  case whereThere
  /// It is; without them there is no training.
  case required
  /// It is not.
  case unused
}

/// The words of `--schedule`.
package enum ScheduleKind: String, CaseIterable, Sendable {
  case linear, cosine, quadratic, sigmoid
  /// Along with the network (VDM).
  case learned

  /// nil where it is learned.
  var shape: BetaSchedule? { BetaSchedule(rawValue: rawValue) }
}

/// A training as the command line describes it.
package struct TrainSettings: Equatable, Sendable {
  package var data: DataSettings
  package var out: String
  package var existing: RunFolder.Existing
  /// How many of the training images are used.
  package var limit: Int?

  /// The size of the network; nil is what the budget is best spent on.
  package var preset: UNetConfiguration.Preset?
  package var channels: [Int]?
  package var blocks: Int?
  /// Levels with self-attention, counted from 1.
  package var attention: [Int]?
  package var dropout: Double?

  package var timesteps: Int
  package var schedule: ScheduleKind
  /// Whether the network sees Fourier features of its input.
  package var hasFourierFeatures: Bool
  /// Whether the schedule is rescaled so that it ends in pure noise.
  package var hasZeroSNR: Bool
  package var prediction: Prediction
  package var labels: LabelUse
  /// A model whose weights it begins with.
  package var start: String?

  package var objective: ObjectiveSettings
  package var session: SessionSettings
  /// Whether half of the images are mirrored.
  package var isFlipping: Bool
  package var optimizer: Optimizer
  package var batch: Int?
  package var learningRate: Double?
  package var warmup: Int?
  package var ema: Double?
  package var clip: Double?

  package var seed: UInt64
  package var threads: Int?
  /// Whether the first tensor that is not finite is looked for.
  package var detectsAnomalies: Bool
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Train = TrainCommand
    data = try DataSettings(arguments)
    out = try arguments[Train.out]
    existing = try .init(arguments)
    limit = try arguments[Train.limit]
    preset = try arguments[Train.preset]
    channels = try arguments[Train.channels]
    blocks = try arguments[Train.blocks]
    attention = try arguments[Train.attention]
    dropout = try arguments[Train.dropout]
    timesteps = try arguments[Train.timesteps]
    schedule = try arguments[Train.schedule]
    hasFourierFeatures = try arguments[Train.fourier]
    hasZeroSNR = try arguments[Train.zeroSNR]
    prediction = try arguments[Train.predict]
    labels =
      if try arguments[Train.conditional] {
        .required
      } else if try arguments[Train.unconditional] {
        .unused
      } else {
        .whereThere
      }
    start = try arguments[Train.from]
    objective = try ObjectiveSettings(arguments)
    isFlipping = try arguments[Train.flip]
    optimizer = try arguments[Train.optimizer]
    batch = try arguments[Train.batch]
    learningRate = try arguments[Train.learningRate]
    warmup = try arguments[Train.warmup]
    ema = try arguments[Train.ema]
    clip = try arguments[Train.clip]
    seed = try arguments[CommonOptions.seed]
    threads = try arguments[CommonOptions.threads]
    detectsAnomalies = try arguments[Train.detectAnomaly]
    isQuiet = try arguments[CommonOptions.quiet]
    let budget =
      if let steps = try arguments[Train.steps] {
        Budget.steps(steps)
      } else {
        try Budget(arguments, usual: Train.defaultEpochs)
      }
    session = try SessionSettings(arguments, of: Train.name, budget)
    if schedule == .learned {
      if let option = Train.decidedByLearning.first(where: { arguments.has($0) }) {
        throw UsageError(
          "\(option.flag) does not go with --schedule learned, whose time is continuous and whose loss is"
            + " the bound: leave it out")
      }
      if prediction == .mean {
        throw UsageError(
          "--predict mean needs timesteps, and --schedule learned has none: take velocity, noise or sample"
        )
      }
    }
    if hasZeroSNR && prediction == .noise {
      throw UsageError(
        "--zero-snr leaves nothing but noise at T, so a network that predicts the noise learns nothing"
          + " there: take --predict velocity or --predict sample")
    }
  }
}
