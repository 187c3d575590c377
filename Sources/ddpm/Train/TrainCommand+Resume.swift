// What a run of `ddpm train` keeps of its command line, for `--resume`.

import Diffusion

extension TrainCommand: ResumableCommand {
  var out: String { settings.out }

  static let changeable: [any AnyOption] = [
    CommonOptions.data, steps, epochs, minutes, CommonOptions.threads, sampleEvery, saveEvery,
    keepEvery,
  ]
  static let momentary: [any AnyOption] = [
    out, resume, overwrite, detectAnomaly, CommonOptions.quiet,
  ]

  static func settings(
    of state: TrainingState, in folder: String
  ) throws(FileError) -> [String: String] {
    guard state.distillation == nil else {
      throw FileError(
        path: folder, .invalid("holds a distillation: ddpm distill --resume goes on with it"))
    }
    var settings = state.record.settings
    // A run that was begun before the labels were the default says nothing where it takes none.
    if settings[conditional.flag] == nil, settings[from.flag] == nil {
      settings[unconditional.flag] = unconditional.format.write(true)
    }
    // And one that was begun before Muon was the default has Adam's moments.
    if settings[optimizer.flag] == nil { settings[optimizer.flag] = optimizer.format.write(.adam) }
    return settings
  }

  /// What the run's folder keeps of the command line, with what was left to the library, to the data
  /// or to the budget, which another version may choose differently.
  ///
  /// - Parameter images: in the data.
  func record(_ trainer: Trainer, images: Int) throws(UsageError) -> [String: String] {
    typealias Train = TrainCommand
    let options = trainer.options
    var record = try arguments.record(of: Train.kept)
    record[Train.batch.flag] = Train.batch.format.write(options.batch)
    record[Train.learningRate.flag] = Train.learningRate.format.write(options.learningRate)
    record[Train.clip.flag] = Train.clip.format.write(options.clip)
    if case .epochs(let epochs) = settings.session.budget {
      record[Train.epochs.flag] = Train.epochs.format.write(epochs)
    }
    record[Train.timestepSampling.flag] =
      Train.timestepSampling.format.write(settings.objective.sampling)
    if settings.schedule == .learned {
      for option in Train.decidedByLearning { record[option.flag] = nil }
    }
    guard settings.start == nil else {
      for option in Train.decidedByModel { record[option.flag] = nil }
      return record
    }
    if settings.objective.learnsVariance {
      record[Train.learnVariance.flag] = Train.learnVariance.format.write(true)
    }
    let labels = trainer.configuration.labelCount == nil ? Train.unconditional : Train.conditional
    record[labels.flag] = labels.format.write(true)
    if settings.preset == nil {
      record[Train.preset.flag] = Train.preset.format.write(
        .best(for: settings.session.budget, images: images, batch: options.batch))
    }
    return record
  }
}
