// `ddpm distill` at work.

import Diffusion
import Ranks

extension DistillCommand {
  package func run() throws {
    try begin(settings.existing) { try $0.distill(resuming: $1, since: $2) }
  }

  private func distill(
    resuming run: ResumedRun<DistillCommand>?, since start: ContinuousClock.Instant
  ) throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    let (ready, teacher, memory) = try Tool.ranks.together { try prepare(run, progress) }
    try ready.carryOut(settings.session, isResumed: run != nil, since: start, progress) { steps in
      settings.summary(
        ready.course, teacher.model, ready.train,
        from: run == nil ? teacher.path : settings.model ?? teacher.path, steps: steps, memory)
    }
  }

  private func prepare(
    _ run: ResumedRun<DistillCommand>?, _ progress: SharedProgress
  ) throws -> (
    ReadyRun<Distiller>, teacher: (model: DiffusionModel, path: String), MemoryEstimate
  ) {
    // What a run needs of its teacher lies in its own folder, once its first save is done.
    let own = run.flatMap { try? ModelChoice.open($0.path, progress) }
    let (teacher, path) = try own ?? ModelChoice.open(settings.model, progress)
    try settings.data.check(out: settings.out)
    let waysOut = run == nil ? DataSettings.waysOut : DataSettings.resumedWaysOut
    let train = try settings.data.load(.train, seed: settings.seed, waysOut: waysOut)
    let test = try settings.data.load(.test, seed: settings.seed, waysOut: waysOut)
    try train.check(for: teacher)
    try test.check(for: teacher)
    for warning in train.warnings(classes: teacher.classCount) {
      progress.warn("\(train.name.printable): \(warning)")
    }
    let memory = try settings.memory(teacher, train)
    try memory.check(for: "distilling this network", "take fewer --threads")
    let distiller: Distiller
    do {
      distiller = try Distiller(
        teacher, settings.stages, guidance: settings.guidance ?? 0,
        data: train.images, labels: train.labels, settings.options)
    } catch let error as DistillationError {
      throw FileError(path: path, .invalid(error.description))
    } catch SamplingError.steps(_, let timesteps) {
      throw FileError(
        path: path, .invalid("its process has \(timesteps) timesteps, too few to be distilled"))
    }
    if run == nil, let own = teacher.studentSteps, let needed = distiller.teacherSteps, own < needed
    {
      throw FileError(
        path: path,
        .invalid(
          "is itself a student, of \(counted(own, "step")), and would be followed in \(needed):"
            + " distil its teacher"))
    }
    let ready = try ready(
      distiller, train, test, resuming: run, from: path, settings.existing,
      settings: record(distiller.options))
    return (ready, (teacher, path), memory)
  }
}

extension DistillSettings {
  /// The learning rate of a student, which starts where its teacher is.
  private static let usualLearningRate = 2e-3

  /// What the student learns, stage by stage.
  fileprivate var stages: [DistillationStage] { DistillationStage.usual(to: steps) }

  /// The memory that the distillation takes.
  fileprivate func memory(_ teacher: DiffusionModel, _ train: Dataset) throws -> MemoryEstimate {
    try teacher.distillationMemory(
      stages, isGuided: guidance != nil, train.images, batch: options.batch,
      threads: options.threads)
  }

  fileprivate var options: TrainingOptions {
    var options = TrainingOptions(threads: threadCount(threads))
    options.optimizer = optimizer
    options.learningRate = learningRate ?? DistillSettings.usualLearningRate
    if let batch { options.batch = batch }
    options.seed = seed
    options.ranks = Tool.ranks
    return options
  }

  /// What will be done, one line per subject.
  fileprivate func summary(
    _ distiller: Distiller, _ teacher: DiffusionModel, _ train: Dataset, from path: String,
    steps: Int, _ memory: MemoryEstimate
  ) -> [String] {
    let options = distiller.options
    var amount = counted(steps, "step")
    if case .minutes(let minutes) = session.budget {
      amount = "\(Duration.seconds(60 * minutes).brief), about \(amount)"
    }
    let students = distiller.stages.map(\.summary).joined(separator: ", then ")
    let guided = guidance.map { ", guided with \($0.brief)" } ?? ""
    return [
      "teacher   \(path.printable): \(teacher.parameterCount) parameters\(guided)"
        + (distiller.teacherSteps.map { "; DDIM, in \($0) steps" } ?? ""),
      "student   evaluations per image: \(students)",
      "data      \(train.name.printable): \(counted(train.images.count, "image"))",
      "training  \(amount) of \(counted(options.batch, "image")), \(options.optimizer.title),"
        + " learning rate \(options.learningRate)",
      "machine   \(Platform.instructionSet) kernels, \(counted(options.threads, "thread")), seed \(seed),"
        + " \(memory)",
      "folder    \(out.printable)",
    ]
  }
}

extension Distiller {
  /// In how many steps the first student's teacher draws; nil where no steps are followed.
  fileprivate var teacherSteps: Int? { stages[0].teacherSteps }
}

extension DistillationStage {
  /// The student's evaluations, and what it learns from.
  fileprivate var summary: String {
    switch method {
    case .progressive: "\(steps)"
    case .distributionMatching: "\(steps) by distribution matching"
    }
  }
}

extension DistillCommand: ResumableCommand {
  var out: String { settings.out }

  static let changeable: [any AnyOption] = [
    CommonOptions.data, epochs, TrainCommand.minutes, CommonOptions.threads,
    TrainCommand.sampleEvery, TrainCommand.saveEvery,
  ]
  static let momentary: [any AnyOption] = [
    out, TrainCommand.resume, TrainCommand.overwrite, CommonOptions.quiet,
  ]

  static func settings(
    of state: TrainingState, in folder: String
  ) throws(FileError) -> [String: String] {
    guard state.distillation != nil else {
      throw FileError(
        path: folder, .invalid("holds a training on images: ddpm train --resume goes on with it"))
    }
    return state.record.settings
  }

  /// What the run's folder keeps of the command line, with what was left to the library, which another
  /// version may choose differently.
  fileprivate func record(_ options: TrainingOptions) throws(UsageError) -> [String: String] {
    var record = try arguments.record(of: DistillCommand.kept)
    record[TrainCommand.batch.flag] = TrainCommand.batch.format.write(options.batch)
    record[TrainCommand.learningRate.flag] =
      TrainCommand.learningRate.format.write(options.learningRate)
    if case .epochs(let epochs) = settings.session.budget {
      record[DistillCommand.epochs.flag] = DistillCommand.epochs.format.write(epochs)
    }
    return record
  }
}
