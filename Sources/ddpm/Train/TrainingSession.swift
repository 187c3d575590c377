// The loop of `ddpm train`: steps, and between them measuring, drawing and saving.

import Diffusion

/// A training from where it is to its last step.
struct TrainingSession {
  private let trainer: LeadingCourse
  private let images: Int
  private let test: Dataset
  private let heldOut: HeldOutLoss
  private let folder: RunFolder
  private let settings: SessionSettings
  private let progress: SharedProgress

  /// What the state keeps; its seconds are those before this session.
  private let record: TrainingRecord
  private let start: ContinuousClock.Instant
  private var pace: TrainingPace
  private var gridImages = TrainingSession.usualGridImages
  private let firstRecord: Int
  private var lastRecord: Int
  /// What the steps since the last record took, without what lies between them.
  private var timeInSteps = 0.0
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
  /// Images of the grids that show how training goes.
  private static let usualGridImages = 36
  /// Times that each part of a training whose length is a time is tried before: the first one is
  /// slower than all others.
  private static let rehearsals = 2
  /// Triples of a held-out loss that is tried.
  private static let rehearsedTriples = 16
  /// Steps of a grid that is tried.
  private static let rehearsedGridSteps = 4
  /// The most of a very short time that trying may take, once the first step is done.
  private static let rehearsalShare = 0.1
  /// The most of a time that a grid may take: a slow network's are smaller in a short time.
  private static let drawingShare = 0.1

  /// - Parameters:
  ///   - record: what the state is to keep, with the seconds it took to get to where the trainer
  ///     is.
  ///   - start: when the command began.
  init(
    _ trainer: LeadingCourse, _ test: Dataset, _ folder: RunFolder,
    _ settings: SessionSettings, _ record: TrainingRecord,
    since start: ContinuousClock.Instant, _ progress: SharedProgress
  ) {
    (self.trainer, self.test) = (trainer, test)
    (self.folder, self.settings, self.progress) = (folder, settings, progress)
    (self.record, self.start) = (record, start)
    images = trainer.imageCount
    (firstRecord, lastRecord) = (trainer.completed, trainer.completed)
    heldOut = HeldOutLoss(
      on: test.images, labels: test.labels, count: TrainingSession.heldOutCount)
    let sampleEvery = settings.sampleEvery ?? TrainingSession.usualSampleEvery
    let drawing = TrainingPace.Interlude(every: sampleEvery == 0 ? nil : sampleEvery)
    let saving = TrainingPace.Interlude(
      every: settings.saveEvery ?? TrainingSession.usualSaveEvery)
    // The losses are drawn with the samples, or, where those are not wanted, with the checkpoints.
    pace = TrainingPace(
      measuring: .init(every: TrainingSession.measureEvery), drawing: drawing,
      plotting: drawing.every == nil ? saving : drawing, saving: saving,
      keeping: .init(every: settings.keepEvery.flatMap { $0 == 0 ? nil : $0 }, end: .whenDue))
  }

  /// Seconds of training in this session and before it.
  private var elapsed: Double { record.seconds + (ContinuousClock.now - start).seconds }

  /// How many steps the training will have, by what is known now.
  private var total: Int {
    switch settings.budget {
    case .minutes(let minutes):
      max(
        1,
        trainer.completed + pace.steps(in: 60 * minutes - elapsed, after: trainer.completed))
    case .steps, .epochs:
      // A budget that is spent already, and more, takes no step back.
      max(
        trainer.completed,
        settings.budget.steps(images: images, batch: trainer.options.batch) ?? 0)
    }
  }

  /// Finds out how many steps the training will have; where that is a question of time, tries how
  /// long its parts take, and settles what depends on the length.
  mutating func plan() throws -> Int {
    if case .minutes(let minutes) = settings.budget {
      let seconds = 60 * minutes
      try rehearse(until: elapsed + TrainingSession.rehearsalShare * seconds)
      gridImages = pace.limitDrawing(
        of: gridImages, to: TrainingSession.drawingShare * seconds)
      trainer.settle(for: total)
    }
    return total
  }

  private mutating func rehearse(until limit: Double) throws {
    let rehearsals = TrainingSession.rehearsals
    var seconds = 0.0
    for _ in 0..<rehearsals where seconds == 0 || elapsed + seconds < limit {
      seconds = duration { trainer.rehearse() }
    }
    pace.expect(
      step: seconds, batch: trainer.options.batch, measured: TrainingSession.heldOutCount,
      drawn: gridImages * trainer.drawingSteps)
    try rehearseMeasuring(until: limit)
    if pace.drawing.every != nil { try rehearseDrawing(until: limit) }
  }

  private mutating func rehearseMeasuring(until limit: Double) throws {
    let (count, tried) = (TrainingSession.heldOutCount, TrainingSession.rehearsedTriples)
    let few = HeldOutLoss(on: test.images, labels: test.labels, count: tried)
    let model = trainer.snapshot()
    for _ in 0..<TrainingSession.rehearsals where elapsed < limit {
      let seconds = duration { _ = trainer.measure(few, model) }
      pace.observe(measuring: seconds * Double(count) / Double(tried))
    }
  }

  private mutating func rehearseDrawing(until limit: Double) throws {
    var one: Double?
    for _ in 0..<TrainingSession.rehearsals where elapsed < limit {
      one = try duration { _ = try samples(steps: 1) }
    }
    let steps = min(TrainingSession.rehearsedGridSteps, trainer.drawingSteps)
    guard let one, steps > 1 else { return }
    guard elapsed + Double(steps) * one < limit else {
      pace.observe(drawing: one * Double(trainer.drawingSteps))
      return
    }
    let few = try duration { _ = try samples(steps: steps) }
    pace.observe(
      drawing: TrainingPace.drawing(one: one, few: few, steps: steps, of: trainer.drawingSteps))
  }

  /// Trains until the budget is spent or the user has enough.
  /// - Throws: `TrainingError`, `FileError`; the last checkpoint stays. `ExitCode` after a signal,
  ///   when the step in progress is done and everything saved.
  mutating func run() throws {
    Interruption.watch()
    Interruption.watchForSaving()
    try folder.begin()
    try folder.cutLog(after: trainer.completed)
    // A run that ends before its first checkpoint can be resumed too, and what a crash left of the
    // model is made whole.
    try save()
    if pace.keeping.every != nil { try folder.createSnapshots() }
    // The last session may have ended between saving the state and keeping its model.
    let done = trainer.completed
    if pace.keeping.isDue(after: done, isLast: false), !folder.isKept(step: done) { try keep() }
    var goal = total
    guard trainer.completed < goal else {
      progress.finish(
        "all \(counted(trainer.completed, "step")) are done: a larger budget lets the run go on")
      return
    }
    while trainer.completed < goal {
      let step = try take(stepOf: goal)
      goal = total
      let isLast = step.number >= goal
      if isLast || step.number % TrainingSession.recordEvery == 0 { try log(step, isLast) }
      func isDue(_ part: TrainingPace.Interlude) -> Bool {
        part.isDue(after: step.number, isLast: isLast)
      }
      if isDue(pace.drawing) { try draw(step.number) }
      if isDue(pace.plotting) { try plot() }
      // What was logged and drawn is done again after a crash that comes before the saving.
      let code = Interruption.exitCode
      let isSavingAsked = Interruption.takeSavingRequest()
      // A model is kept after the state that is of its step: no resumption takes the step again.
      if code != nil || isSavingAsked || isDue(pace.saving) || isDue(pace.keeping) { try save() }
      if isSavingAsked { progress.say("saved     after \(counted(step.number, "step")), as asked") }
      if isDue(pace.keeping) { try keep() }
      progress.update(line(step, of: goal))
      // The last step is no place to stop at: all is done.
      if let code, !isLast {
        try plot()
        progress.finish(
          "stopped after \(counted(step.number, "step")), all saved: ddpm \(settings.command) --resume"
            + " --out \(folder.path.printable.quotedForShells) goes on")
        throw code
      }
    }
    progress.finish(
      "\(counted(trainer.completed, "step")) in \(Duration.seconds(elapsed).brief), held-out loss"
        + " \(lastHeldOut.map { decimals($0, 4) } ?? "-")")
    if let text = trainer.traffic.text { progress.say(text) }
  }

  /// The losses so far as a picture, once there is one to draw.
  private mutating func plot() throws {
    guard lastRecord > firstRecord else { return }
    let text = Tool.text(model: folder.path)
    pace.observe(plotting: try duration { try folder.plotLosses(text: text) })
  }

  private mutating func take(stepOf total: Int) throws -> Trainer.Step {
    let begun = ContinuousClock.now
    let step = try trainer.step(of: total)
    let seconds = (ContinuousClock.now - begun).seconds
    timeInSteps += seconds
    pace.observe(step: seconds)
    let mean = smoothedLoss ?? step.loss
    smoothedLoss = mean + TrainingSession.smoothing * (step.loss - mean)
    return step
  }

  private mutating func log(_ step: Trainer.Step, _ isLast: Bool) throws {
    var measurement: HeldOutLoss.Measurement?
    if pace.measuring.isDue(after: step.number, isLast: isLast) {
      let seconds = duration {
        measurement = trainer.measure(heldOut, trainer.snapshot())
      }
      pace.observe(measuring: seconds)
      guard let mean = measurement?.mean, mean.isFinite else {
        throw TrainingError.diverged(
          step: step.number, learningRate: trainer.options.learningRate)
      }
      lastHeldOut = mean
    }
    let done = Double((step.number - lastRecord) * trainer.options.batch)
    try folder.log(
      MetricsRecord(
        step: step, seconds: elapsed, imagesPerSecond: done / timeInSteps, heldOut: measurement))
    (lastRecord, timeInSteps) = (step.number, 0)
  }

  private mutating func save() throws {
    var record = record
    record.seconds = elapsed
    pace.observe(saving: try duration { try folder.save(trainer, record) })
  }

  private mutating func keep() throws {
    let step = trainer.completed
    pace.observe(keeping: try duration { try folder.keep(trainer.snapshot(), step: step) })
  }

  private mutating func draw(_ step: Int) throws {
    let seconds = try duration {
      let (images, rows, text) = try samples(steps: trainer.drawingSteps)
      let output = OutputFile.picture(path: folder.samples(step: step), .png, columns: nil)
      let model = "\(folder.path), training step \(step)"
      try output.write(
        images, rows: rows, text: Tool.text(model: model) + text)
    }
    pace.observe(drawing: seconds)
  }

  /// A few samples, always from the same noise, and how they are made.
  private func samples(
    steps: Int
  ) throws -> (images: Images, rows: Int?, text: [(key: String, value: String)]) {
    let model = trainer.snapshot()
    let count =
      model.rows(of: gridImages, nil).map { (gridImages + $0 - 1) / $0 * $0 } ?? gridImages
    let sampler = SamplerSettings(.ddim, steps: steps, spacing: .trailing)
    let plan = SamplingPlan.ddim(steps: steps, spacing: .trailing)
    let options = SamplingOptions(threads: trainer.options.threads)
    return (
      try trainer.draw(count, steps: steps), model.rows(of: count, nil),
      sampler.text(try model.path(plan), model) + model.text(options) + [
        ("seed", "\(options.seed)")
      ]
    )
  }

  private func line(_ step: Trainer.Step, of total: Int) -> String {
    let share: Double
    let left: Double
    if case .minutes(let minutes) = settings.budget {
      share = min(1, elapsed / (60 * minutes))
      left = 60 * minutes - elapsed
    } else {
      share = Double(step.number) / Double(total)
      left = elapsed * (1 / share - 1)
    }
    let speed = rate(
      of: step.number * trainer.options.batch, in: .seconds(elapsed), unit: "image")
    return "step \(step.number)/\(total)  \(percent(share))  \(speed)"
      + "  loss \(decimals(smoothedLoss ?? step.loss, 4))"
      + (lastHeldOut.map { "  held out \(decimals($0, 4))" } ?? "")
      + "  rate \(scientific(step.learningRate))  left \(Duration.seconds(left).brief)"
  }
}
