// A student in training: stage by stage it learns to take one step where its teacher takes several.

internal import Autograd
package import Ranks

/// A progressive distillation (Salimans and Ho 2022, Algorithm 2).
///
/// A stage begins with the student as a copy of its teacher; at its end the student is the next stage's
/// teacher.
public final class Distiller {
  /// The stages, one after the other.
  public let stages: [DistillationStage]
  /// Which of them it is in.
  public private(set) var stage = 0
  /// How many images there are to learn from.
  public let imageCount: Int

  /// The settings of every stage; a warm-up and an average are of a stage's length.
  package private(set) var options: TrainingOptions
  private let data: any ImageSource
  private let labels: [UInt8]?
  private let guidance: Guidance?
  /// Steps done in the stages before.
  private(set) var before = 0
  private(set) var teacher: DiffusionModel
  private(set) var trainer: Trainer
  private var grid: [Timestep]
  private let grids: [[Timestep]]
  private let paths: [[Timestep: [Timestep]]]

  /// A student that is its teacher still.
  ///
  /// - Parameters:
  ///   - teacher: the model that is distilled; it predicts the image or the velocity.
  ///   - stages: at least one.
  ///   - guidance: of the teacher's estimates, away from no class: the student draws what the guided
  ///     teacher draws.
  ///   - data: the images that noise is added to, at least one.
  ///   - labels: the class of each, for a conditional teacher.
  ///   - options: how each stage is trained.
  /// - Throws: `SamplingError` where the process has too few timesteps for a stage, or where the teacher
  ///   cannot be guided; `DistillationError` for a teacher that cannot be distilled.
  public init(
    _ teacher: DiffusionModel, _ stages: [DistillationStage], guidance: Guidance? = nil,
    data: any ImageSource, labels: [UInt8]? = nil, _ options: TrainingOptions = TrainingOptions()
  ) throws {
    precondition(!stages.isEmpty, "a distillation without stages")
    try DistillationError.check(teacher)
    var guided = SamplingOptions(threads: options.threads)
    guided.guidance = guidance
    try teacher.check(guided)
    (self.stages, self.data, self.labels) = (stages, data, labels)
    (self.guidance, self.options, self.teacher) = (guided.effectiveGuidance, options, teacher)
    imageCount = data.count
    grids = try stages.map { try $0.grid(in: teacher.schedule) }
    paths = try stages.map { try $0.paths(in: teacher.schedule) }
    grid = grids[0]
    trainer = Distiller.trainer(
      teacher, paths[0], guidance: self.guidance, grids[0], data, labels, options, stage: 0)
  }

  private static func trainer(
    _ teacher: DiffusionModel, _ paths: [Timestep: [Timestep]], guidance: Guidance?,
    _ grid: [Timestep], _ data: any ImageSource, _ labels: [UInt8]?, _ options: TrainingOptions,
    stage: Int
  ) -> Trainer {
    teacher.parameters.derive(Workers(count: options.threads))
    var options = options
    // Other images and other noise in every stage.
    options.seed &+= UInt64(stage)
    return Trainer(
      from: teacher, objective: DistillationLoss(grid: grid), data: data, labels: labels, options
    ) {
      TeacherLane(teacher, guidance, paths: paths)
    }
  }

  /// Only the first stage's teacher is guided: its student has learned what guidance does.
  private var stageGuidance: Guidance? { stage == 0 ? guidance : nil }

  private func begin(_ stage: Int, after before: Int, teacher: DiffusionModel) {
    (self.stage, self.before, self.teacher) = (stage, before, teacher)
    grid = grids[stage]
    trainer = Distiller.trainer(
      teacher, paths[stage], guidance: stageGuidance, grid, data, labels, options, stage: stage)
  }

  /// Steps done, in all stages.
  public var completed: Int { before + trainer.completed }

  /// Takes one step of the stage that is due.
  ///
  /// - Parameter total: how many steps all stages will have.
  /// - Throws: `TrainingError.diverged`, before the weights are changed.
  public func step(of total: Int) throws(TrainingError) -> Trainer.Step {
    while stage + 1 < stages.count, completed >= end(total) {
      begin(stage + 1, after: completed, teacher: student())
    }
    let step = try trainer.step(of: max(trainer.completed + 1, end(total) - before))
    return Trainer.Step(
      number: completed, loss: step.loss, gradientNorm: step.gradientNorm,
      learningRate: step.learningRate)
  }

  /// The steps that are done when this stage ends, of a distillation of so many.
  private func end(_ total: Int) -> Int {
    DistillationStage.start(of: stage + 1, in: stages, total: total)
  }

  /// The student as it is now: a model that is drawn in its stage's steps.
  public func snapshot() -> DiffusionModel { student() }

  private func student() -> DiffusionModel {
    trainer.snapshot().drawn(
      by: SamplingPreference(sampler: .ddim, spacing: .trailing, steps: stages[stage].steps),
      clipping: teacher.clipping)
  }
}

extension Distiller: TrainingCourse {
  package var drawingSteps: Int { stages[stage].steps }

  /// Of the stage that it is in.
  package var traffic: Traffic { trainer.traffic }

  package func settle(for steps: Int) { trainer.settle(for: max(1, end(steps) - before)) }

  package func rehearse() { trainer.rehearse() }

  package func measure(
    _ loss: HeldOutLoss, _ model: DiffusionModel
  ) -> HeldOutLoss.Measurement {
    let (teacher, guidance, paths) = (teacher, stageGuidance, paths[stage])
    return loss.measure(
      model, DistillationLoss(grid: grid), over: grid.reversed(), threads: options.threads,
      ranks: options.ranks
    ) {
      TeacherLane(teacher, guidance, paths: paths)
    }
  }

  package func saveState(to folder: String, _ record: TrainingRecord) throws(FileError) {
    try trainer.saveState(
      to: folder, record,
      .init(stage: stage, before: before, teacher: teacher.parameters.values))
  }

  package func restore(_ state: TrainingState) throws(FileError) {
    guard let place = state.distillation, stages.indices.contains(place.stage) else {
      throw FileError(path: state.file.path, .invalid("is not the state of a distillation"))
    }
    let parameters = Parameters(teacher.unet.layout, for: .inference)
    try parameters.load(state.tensors(.teacher))
    begin(place.stage, after: place.before, teacher: teacher.with(parameters))
    try trainer.restore(state)
  }
}
