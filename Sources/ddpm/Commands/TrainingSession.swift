// The loop of `ddpm train`: steps, and between them measuring, drawing and saving.

import Diffusion

/// A training from its first step to its last.
struct TrainingSession {
  private let trainer: Trainer
  private let images: Int
  private let heldOut: HeldOutLoss
  private let folder: RunFolder
  private let settings: TrainSettings
  private let progress: SharedProgress

  private let start = ContinuousClock.now
  private var lastRecord = 0
  /// What the steps since the last record took, without what lies between them.
  private var timeInSteps = Duration.zero
  private var smoothedLoss: Double?
  private var lastHeldOut: Double?

  /// Steps between two records in the log.
  private static let recordEvery = 10
  /// Steps between two measurements of the held-out loss.
  private static let measureEvery = 100
  static let usualSampleEvery = 500
  static let usualSaveEvery = 100
  /// Triples of image, timestep and noise that the held-out loss is measured on.
  private static let heldOutCount = 256
  /// Share of the loss's running mean that a step replaces.
  private static let smoothing = 0.02
  /// Images and steps of the grids that show how training goes.
  private static let grid = (images: 36, steps: 25)

  init(
    _ trainer: Trainer, _ test: Dataset, _ folder: RunFolder, _ settings: TrainSettings,
    _ progress: SharedProgress
  ) {
    self.trainer = trainer
    (self.folder, self.settings, self.progress) = (folder, settings, progress)
    images = trainer.imageCount
    heldOut = HeldOutLoss(
      trainer.model, data: test.images, labels: test.labels, count: TrainingSession.heldOutCount,
      threads: trainer.options.threads)
  }

  private var elapsed: Duration { ContinuousClock.now - start }

  private var total: Int {
    settings.budget.steps(
      images: images, batch: trainer.options.batch, completed: trainer.completed,
      elapsed: elapsed)
  }

  /// Trains until the budget is spent or the user has enough.
  /// - Throws: `TrainingError`, `FileError`; the last checkpoint stays. `ExitCode` after a signal,
  ///   when the step in progress is done and the model saved.
  mutating func run() throws {
    Interruption.watch()
    var goal = total
    while trainer.completed < goal {
      let begun = ContinuousClock.now
      let step = try trainer.step(of: goal)
      timeInSteps += ContinuousClock.now - begun
      goal = total
      let isLast = step.number >= goal
      let mean = smoothedLoss ?? step.loss
      smoothedLoss = mean + TrainingSession.smoothing * (step.loss - mean)
      if isLast || step.number % TrainingSession.recordEvery == 0 { try record(step, isLast) }
      let saveEvery = settings.saveEvery ?? TrainingSession.usualSaveEvery
      if isLast || step.number % saveEvery == 0 { try trainer.model.save(to: folder.path) }
      let sampleEvery = settings.sampleEvery ?? TrainingSession.usualSampleEvery
      if sampleEvery > 0 && (isLast || step.number % sampleEvery == 0) { try draw(step.number) }
      if isLast || step.number % (sampleEvery > 0 ? sampleEvery : saveEvery) == 0 { try plot() }
      progress.update(line(step, of: goal))
      if let code = Interruption.exitCode {
        try trainer.model.save(to: folder.path)
        try plot()
        progress.finish("stopped after \(counted(step.number, "step")); the model is saved")
        throw code
      }
    }
    progress.finish(
      "\(counted(trainer.completed, "step")) in \(elapsed.brief), held-out loss"
        + " \(lastHeldOut.map { decimals($0, 4) } ?? "-")")
  }

  private mutating func record(_ step: Trainer.Step, _ isLast: Bool) throws {
    var measurement: HeldOutLoss.Measurement?
    if isLast || step.number % TrainingSession.measureEvery == 0 {
      let measured = heldOut()
      guard measured.mean.isFinite else {
        throw TrainingError.diverged(
          step: step.number, learningRate: trainer.options.learningRate)
      }
      (measurement, lastHeldOut) = (measured, measured.mean)
    }
    let done = Double((step.number - lastRecord) * trainer.options.batch)
    try folder.log(
      MetricsRecord(
        step: step, seconds: elapsed.seconds,
        imagesPerSecond: done / timeInSteps.seconds, heldOut: measurement))
    (lastRecord, timeInSteps) = (step.number, .zero)
  }

  /// The losses so far as a picture.
  private func plot() throws {
    guard lastRecord > 0 else { return }
    try folder.plotLosses(text: Tool.text(model: folder.path))
  }

  /// A small grid of samples, always from the same noise.
  private func draw(_ step: Int) throws {
    let model = trainer.model
    let usual = TrainingSession.grid.images
    let count = model.rows(of: usual, nil).map { (usual + $0 - 1) / $0 * $0 } ?? usual
    let steps = min(TrainingSession.grid.steps, model.schedule.last.value)
    let sampler = SampleSettings.Sampler.ddim(steps: steps, .trailing, .value(0))
    let plan = try sampler.plan(for: model, clips: true)
    let options = SamplingOptions(threads: trainer.options.threads)
    let samples = model.sample(count, plan: plan, options)
    let output = OutputFile.picture(path: folder.samples(step: step), .png, columns: nil)
    try output.write(
      samples.images, rows: model.rows(of: count, nil),
      text: Tool.text(model: "\(folder.path), training step \(step)") + sampler.text(plan)
        + model.text(options) + [("seed", "\(options.seed)")])
  }

  private func line(_ step: Trainer.Step, of total: Int) -> String {
    let share: Double
    let time: Duration
    if case .minutes(let minutes) = settings.budget {
      share = min(1, elapsed / .seconds(60 * minutes))
      time = .seconds(60 * minutes) - elapsed
    } else {
      share = Double(step.number) / Double(total)
      time = left(share, since: start)
    }
    let speed = rate(of: step.number * trainer.options.batch, in: elapsed, unit: "image")
    return "step \(step.number)/\(total)  \(percent(share))  \(speed)"
      + "  loss \(decimals(smoothedLoss ?? step.loss, 4))"
      + (lastHeldOut.map { "  held out \(decimals($0, 4))" } ?? "")
      + "  rate \(scientific(step.learningRate))  left \(time.brief)"
  }
}
