// The settings of `ddpm train`; nil leaves a choice to the library.

import Diffusion

/// A training as the command line describes it.
package struct TrainSettings: Equatable, Sendable {
  package var data: DataChoice
  package var out: String
  package var existing: RunFolder.Existing
  /// How many of the training images are used.
  package var limit: Int?

  package var preset: UNetConfiguration.Preset
  package var channels: [Int]?
  package var blocks: Int?
  /// Levels with self-attention, counted from 1.
  package var attention: [Int]?
  package var dropout: Double?

  package var timesteps: Int
  package var schedule: BetaSchedule
  /// Whether the schedule is rescaled so that it ends in pure noise.
  package var hasZeroSNR: Bool
  package var prediction: Prediction
  package var isConditional: Bool

  package var budget: Budget
  package var batch: Int?
  package var learningRate: Double?
  package var warmup: Int?
  package var ema: Double?
  package var clip: Double?

  package var seed: UInt64
  package var threads: Int?
  /// Steps between two grids of samples; 0 is never.
  package var sampleEvery: Int?
  package var saveEvery: Int?
  /// Steps between two models kept for good; 0 is never.
  package var keepEvery: Int?
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Train = TrainCommand
    data = try arguments[CommonOptions.data]
    out = try arguments[Train.out]
    existing =
      if try arguments[Train.resume] {
        .resumed
      } else if try arguments[Train.overwrite] {
        .replaced
      } else {
        .kept
      }
    limit = try arguments[Train.limit]
    preset = try arguments[Train.preset]
    channels = try arguments[Train.channels]
    blocks = try arguments[Train.blocks]
    attention = try arguments[Train.attention]
    dropout = try arguments[Train.dropout]
    timesteps = try arguments[Train.timesteps]
    schedule = try arguments[Train.schedule]
    hasZeroSNR = try arguments[Train.zeroSNR]
    prediction = try arguments[Train.predict]
    isConditional = try arguments[Train.conditional]
    batch = try arguments[Train.batch]
    learningRate = try arguments[Train.learningRate]
    warmup = try arguments[Train.warmup]
    ema = try arguments[Train.ema]
    clip = try arguments[Train.clip]
    seed = try arguments[CommonOptions.seed]
    threads = try arguments[CommonOptions.threads]
    sampleEvery = try arguments[Train.sampleEvery]
    saveEvery = try arguments[Train.saveEvery]
    keepEvery = try arguments[Train.keepEvery]
    isQuiet = try arguments[CommonOptions.quiet]
    budget =
      if let steps = try arguments[Train.steps] {
        .steps(steps)
      } else if let minutes = try arguments[Train.minutes] {
        .minutes(minutes)
      } else {
        .epochs(try arguments[Train.epochs] ?? Train.defaultEpochs)
      }
    if hasZeroSNR && prediction == .noise {
      throw UsageError(
        "--zero-snr leaves nothing but noise at T, so a network that predicts the noise learns nothing"
          + " there: take --predict velocity or --predict sample")
    }
  }
}
