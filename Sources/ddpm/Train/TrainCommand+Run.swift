// `ddpm train` at work.

import Diffusion
import Foundation
import Ranks

extension TrainCommand {
  package func run() throws {
    try begin(settings.existing) { try $0.train(resuming: $1, since: $2) }
  }

  private func train(
    resuming run: ResumedRun<TrainCommand>?, since start: ContinuousClock.Instant
  ) throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    let (ready, memory) = try Tool.ranks.together { try prepare(run, progress) }
    try ready.carryOut(settings.session, isResumed: run != nil, since: start, progress) { steps in
      try check(run, steps: steps, ready.course)
      return settings.summary(ready.course, ready.train, ready.test, steps: steps, memory)
    }
  }

  /// Makes sure that so many steps are enough for the objective of a new run.
  ///
  /// - Throws: `UsageError`.
  private func check(
    _ run: ResumedRun<TrainCommand>?, steps: Int, _ trainer: Trainer
  ) throws(UsageError) {
    try settings.objective.check(
      batches: steps, timesteps: trainer.schedule.last.value,
      isAsked: run == nil && arguments.has(TrainCommand.timestepSampling))
  }

  private func prepare(
    _ run: ResumedRun<TrainCommand>?, _ progress: SharedProgress
  ) throws -> (ReadyRun<Trainer>, MemoryEstimate) {
    // What cannot be trained is said before the data are read.
    let beginning = try beginning(of: run, progress)
    try settings.data.check(out: settings.out)
    let waysOut = run == nil ? DataSettings.waysOut : DataSettings.resumedWaysOut
    let train = try settings.data.load(
      .train, seed: settings.seed, limit: settings.limit, waysOut: waysOut)
    let test = try settings.data.load(.test, seed: settings.seed, waysOut: waysOut)
    try train.checkSize(matches: test)
    let classes = try settings.classes(beginning, train, test)
    if let classes {
      try test.checkLabels(below: classes)
    } else if settings.labels == .whereThere, settings.start == nil,
      (train.labels == nil) != (test.labels == nil)
    {
      progress.warn(
        "\(train.name.printable): only the \(train.labels == nil ? "test" : "training") images have"
          + " labels, so the network is not conditioned on them")
    }
    for warning in train.warnings(classes: classes) {
      progress.warn("\(train.name.printable): \(warning)")
    }
    let memory = try settings.memory(beginning, train, classes: classes)
    try memory.check(
      for: "training this network",
      "take fewer or smaller levels with --preset or --channels, or fewer --threads")
    let trainer = try settings.trainer(beginning, train, classes: classes)
    // Before there is a folder, where the number of steps is known already.
    if let steps = settings.session.budget.steps(
      images: train.images.count, batch: trainer.options.batch)
    {
      try check(run, steps: steps, trainer)
    }
    let ready = try ready(
      trainer, train, test, resuming: run, from: settings.start, settings.existing,
      settings: record(trainer, images: train.images.count))
    return (ready, memory)
  }
}

/// What a training begins with.
private enum Beginning {
  /// A network that has learned nothing.
  case process(NoiseSchedule)
  /// The same, with a schedule that is learned too.
  case learning(LearnedLogSNR)
  /// A model's weights.
  case model(DiffusionModel)
}

extension TrainCommand {
  /// - Parameter run: a run that goes on has its model in its own folder.
  fileprivate func beginning(
    of run: ResumedRun<TrainCommand>?, _ progress: SharedProgress
  ) throws -> Beginning {
    guard let start = settings.start else {
      let beginning = try settings.process
      try settings.checkNetwork()
      return beginning
    }
    // A run's own folder holds its model once its first save is done.
    let own = run.flatMap { try? ModelChoice.open($0.path, progress) }
    let (model, folder) = try own ?? ModelChoice.open(start, progress)
    switch (model.learnsVariance, settings.objective.loss) {
    case (true, .simple):
      throw FileError(
        path: folder, .invalid("its network outputs a variance too: add --loss hybrid or bound"))
    case (false, .hybrid):
      throw FileError(
        path: folder, .invalid("its network outputs no variance, which --loss hybrid is for"))
    default: return .model(model)
    }
  }
}

extension TrainSettings {
  /// The forward process.
  fileprivate var process: Beginning {
    get throws(ScheduleError) {
      guard let shape = schedule.shape else { return .learning(LearnedLogSNR()) }
      let schedule = try NoiseSchedule(shape, timesteps: timesteps)
      return .process(hasZeroSNR ? try schedule.withZeroTerminalSNR() : schedule)
    }
  }

  /// How many classes the network is conditioned on; nil for none.
  /// - Throws: `FileError` where labels are missing, or images are of another size than the model's.
  fileprivate func classes(
    _ beginning: Beginning, _ train: Dataset, _ test: Dataset
  ) throws -> Int? {
    guard case .model(let model) = beginning else {
      switch labels {
      case .unused: return nil
      case .whereThere where train.labels == nil || test.labels == nil: return nil
      case .required, .whereThere:
        let count = try train.classCount()
        // The first images may lack a class that there is.
        return limit == nil ? count : max(count, try test.classCount())
      }
    }
    try train.check(for: model)
    return model.classCount
  }

  /// The memory that the training takes.
  fileprivate func memory(
    _ beginning: Beginning, _ train: Dataset, classes: Int?
  ) throws -> MemoryEstimate {
    let network =
      switch beginning {
      case .process, .learning: try network(for: train, classes: classes)
      case .model(let model): model.configuration
      }
    return try network.trainingMemory(
      train.images, batch: options.batch, threads: options.threads)
  }

  /// The network for some data.
  private func network(for train: Dataset, classes: Int?) throws -> UNetConfiguration {
    let preset =
      preset
      ?? .best(for: session.budget, images: train.images.count, batch: options.batch)
    var network = try network(preset, for: train.images.size, classes: classes)
    network.unseenClasses = classes.map(train.unseenClasses) ?? []
    return network
  }

  fileprivate func trainer(
    _ beginning: Beginning, _ train: Dataset, classes: Int?
  ) throws -> Trainer {
    switch beginning {
    case .process(let schedule):
      return try Trainer(
        network(for: train, classes: classes), schedule: schedule,
        prediction: prediction, objective: objective.objective, data: train.images,
        labels: train.labels, options)
    case .learning(let logSNR):
      return try Trainer(
        network(for: train, classes: classes), learning: logSNR, prediction: prediction,
        data: train.images, labels: train.labels, options)
    case .model(let model):
      return Trainer(
        from: model, objective: objective.objective, data: train.images, labels: train.labels,
        options)
    }
  }

  /// The network: a preset with what the options change.
  /// - Throws: `UsageError` for levels that are not there.
  fileprivate func network(
    _ preset: UNetConfiguration.Preset, for size: ImageSize, classes: Int?
  ) throws -> UNetConfiguration {
    var network = UNetConfiguration(preset, imageSize: size, classes: classes)
    if let channels {
      network.channels = channels
      network.downBlocks = channels.indices.map { $0 == 1 ? .attention : .plain }
      network.upBlocks = network.downBlocks.reversed()
    }
    if let blocks { network.layersPerBlock = blocks }
    if let attention {
      let levels = network.channels.count
      if let level = attention.first(where: { $0 > levels }) {
        throw UsageError("--attention: there is no level \(level), the network has \(levels)")
      }
      network.downBlocks = (1...levels).map { attention.contains($0) ? .attention : .plain }
      network.upBlocks = network.downBlocks.reversed()
      network.middle = attention.isEmpty ? .residual : .attention
    }
    if let dropout { network.dropout = dropout }
    if hasFourierFeatures { network.fourierFeatures = TrainSettings.fourierFeatures }
    if objective.learnsVariance { network.outChannels = 2 * network.inChannels }
    return network
  }

  /// n of the features. With little noise the network has to tell apart what differs by the noise's
  /// deviation, from whole strokes down to fractions of a level of grey: each octave magnifies one such scale.
  private static let fourierFeatures = Array(1...8)

  /// Checks all of the network that is not the data's to decide.
  /// - Throws: `UsageError`, `ConfigurationError`.
  fileprivate func checkNetwork() throws {
    var network = try network(
      preset ?? .tiny, for: ImageSize(height: 1, width: 1, channels: 1), classes: nil)
    network.resolution = nil
    try network.validate()
  }

  /// How the network is trained.
  fileprivate var options: TrainingOptions {
    var options = TrainingOptions(threads: threadCount(threads))
    if let batch { options.batch = batch }
    options.optimizer = optimizer
    options.learningRate = learningRate ?? optimizer.usualLearningRate
    if let clip { options.clip = clip }
    options.warmup = warmup
    options.averageDecay = ema
    options.timestepSampling = objective.sampling
    options.ranks = Tool.ranks
    (options.mirrorsImages, options.detectsAnomalies) = (isFlipping, detectsAnomalies)
    options.seed = seed
    return options
  }
}
