// What a training is resumed from: one file, so that no crash can leave parts of two moments.

internal import Autograd
internal import Kernels

/// What is kept of a training beside its numbers.
package struct TrainingRecord: Equatable, Sendable {
  /// The settings it was begun with, as texts by their names, which begin with two dashes.
  package var settings: [String: String]
  /// What identifies its data.
  package var data: String
  /// How long it has been at work.
  package var seconds: Double

  package init(settings: [String: String], data: String, seconds: Double) {
    (self.settings, self.data, self.seconds) = (settings, data, seconds)
  }
}

/// Which stage a distillation is in, and how many steps were done before it.
package struct DistillationPlace: Equatable, Sendable {
  let stage: Int
  let before: Int
}

/// What a distillation keeps beside its student.
struct DistillationState {
  let place: DistillationPlace
  /// The weights of the model that is distilled and of the stage's teacher, and what a critic has learned.
  let tensors: [(TrainingState.Part, Floats)]
}

/// The state of a training between two steps, as its file holds it: weights, their average, the
/// optimizer's moments, and in the metadata the counters and settings.
///
/// Everything random follows from seed and step, so that nothing else is needed to go on with the
/// same bytes.
package struct TrainingState: Sendable {
  /// Where it lies in a run's folder.
  package static let name = "training/state.safetensors"

  /// Steps done, of a distillation those of its stage.
  package let completed: Int
  /// The settings, data and time of the training.
  package let record: TrainingRecord
  /// Where a distillation is; nil for a training on data.
  package let distillation: DistillationPlace?
  /// The numbers.
  let file: Safetensors

  /// The runs of floats in the file, by the beginning of their tensors' names.
  enum Part: String, CaseIterable {
    case weights = "weights."
    case average = "average."
    case firstMoment = "first_moment."
    case secondMoment = "second_moment."
    /// Of a distillation: the model that is distilled.
    case original = "original."
    case teacher = "teacher."
    /// Of distribution matching.
    case criticWeights = "critic_weights."
    case criticFirstMoment = "critic_first_moment."
    case criticSecondMoment = "critic_second_moment."
  }

  /// Keys of the metadata; all others are names of settings.
  private enum Key: String {
    case version = "ddpm_training_state"
    case completed = "completed_steps"
    case seconds = "elapsed_seconds"
    case stage = "distillation_stage"
    case before = "steps_before_stage"
    case logSNR = "learned_log_snr"
    case data
  }

  private static let version = "1"
  /// More steps than any training has: what follows from them can still be counted.
  package static let mostSteps = 1_000_000_000
  private static let mostSeconds = 1e10
  private static let settingPrefix = "--"

  /// The file's path in a run's folder.
  package static func path(in folder: String) -> String {
    Path.join(folder, name)
  }

  /// Whether a folder has one.
  package static func exists(in folder: String) -> Bool {
    Path.exists(path(in: folder))
  }

  /// Reads the state of a run.
  ///
  /// - Throws: `FileError`, also for a file that is something else.
  package init(folder: String) throws(FileError) {
    let file = try Safetensors(contentsOf: TrainingState.path(in: folder))
    func text(_ key: Key) throws(FileError) -> String {
      guard let text = file.metadata[key.rawValue] else {
        throw FileError(
          path: file.path, .invalid("is not the state of a training: it lacks \(key.rawValue)"))
      }
      return text
    }
    let version = try text(.version)
    guard version == TrainingState.version else {
      throw FileError(
        path: file.path,
        .invalid("is of version \(version); this program reads version \(TrainingState.version)"))
    }
    func steps(_ key: Key) throws(FileError) -> Int {
      guard let steps = Int(try text(key)), (0...TrainingState.mostSteps).contains(steps) else {
        throw FileError(path: file.path, .invalid("its \(key.rawValue) cannot be right"))
      }
      return steps
    }
    completed = try steps(.completed)
    guard let seconds = Double(try text(.seconds)),
      (0...TrainingState.mostSeconds).contains(seconds)
    else {
      throw FileError(path: file.path, .invalid("its \(Key.seconds.rawValue) cannot be right"))
    }
    if file.metadata[Key.stage.rawValue] != nil {
      distillation = DistillationPlace(stage: try steps(.stage), before: try steps(.before))
    } else {
      distillation = nil
    }
    self.file = file
    record = TrainingRecord(
      settings: file.metadata.filter { $0.key.hasPrefix(TrainingState.settingPrefix) },
      data: try text(.data), seconds: seconds)
  }

  /// The file's bytes, piece by piece.
  static func chunks(
    completed: Int, _ record: TrainingRecord, _ distillation: DistillationPlace?,
    _ logSNR: LearnedLogSNR?, _ entries: [Safetensors.Entry]
  ) -> some Sequence<[UInt8]> {
    var own: [Key: String] = [
      .version: version, .completed: "\(completed)", .seconds: "\(record.seconds)",
      .data: record.data,
    ]
    if let distillation {
      own[.stage] = "\(distillation.stage)"
      own[.before] = "\(distillation.before)"
    }
    own[.logSNR] = logSNR.map(\.text)
    let metadata = record.settings.merging(own.map { ($0.key.rawValue, $0.value) }) { $1 }
    return Safetensors.chunks(entries, metadata: metadata)
  }

  /// The tensors of a part, under their parameters' names.
  func tensors(_ part: Part) -> Safetensors { file.part(part.rawValue) }
}

// MARK: - A learned schedule

extension TrainingState {
  /// The schedule that was learned.
  ///
  /// - Throws: `FileError` where there is none.
  var logSNR: LearnedLogSNR {
    get throws(FileError) {
      guard let text = file.metadata[Key.logSNR.rawValue], let schedule = LearnedLogSNR(text: text)
      else { throw FileError(path: file.path, .invalid("holds no learned schedule")) }
      return schedule
    }
  }
}

// MARK: - Losses by timestep

extension TrainingState {
  private enum HistoryName {
    static let counts = "loss_history.counts"
    static let losses = "loss_history.losses"
  }

  /// The tensors that keep the losses timesteps are drawn by.
  static func entries(_ history: LossHistory) -> [Safetensors.Entry] {
    let timesteps = history.counts.count
    return [
      .init(HistoryName.counts, shape: [timesteps], .integers(history.counts)),
      .init(
        HistoryName.losses, shape: [timesteps, LossHistory.depth], .floats(history.losses)),
    ]
  }

  /// The losses that were kept.
  ///
  /// - Throws: `FileError` where there are none, or those of another number of timesteps.
  func history(timesteps: Int) throws(FileError) -> LossHistory {
    let (counts, losses) = (
      try file.integers(HistoryName.counts), try file.floats(HistoryName.losses)
    )
    guard counts.count == timesteps, losses.count == timesteps * LossHistory.depth,
      counts.allSatisfy({ (0...TrainingState.mostSteps).contains($0) })
    else {
      throw FileError(
        path: file.path, .invalid("its losses are not those of \(timesteps) timesteps"))
    }
    return LossHistory(counts: counts, losses: losses)
  }
}
