// One stage of a distillation at work: its student, what it learns from, and the critic where it has one.

internal import Autograd
internal import Kernels
internal import Ranks

/// What all stages of a distillation have in common.
struct DistillationSubject {
  /// The model that is distilled.
  var original: DiffusionModel
  /// w of its estimates, away from no class; 0 for none.
  let guidance: Double
  /// The images that noise is added to, and the class of each.
  let data: any ImageSource
  let labels: [UInt8]?
  /// The settings; a warm-up and an average are of a stage's length.
  let options: TrainingOptions
}

/// A stage's student in training.
struct StageTraining {
  let stage: DistillationStage
  /// Which one it is, and how many steps were done before it.
  let place: DistillationPlace
  /// The student before, or the model that is distilled.
  let teacher: DiffusionModel
  let trainer: Trainer
  /// Where the stage is one of distribution matching.
  let critic: Critic?
  private let guidance: Double
  private let grid: [Timestep]
  private let paths: [Timestep: [Timestep]]
  private let options: TrainingOptions

  /// The learning rates of matching, beside that of the stages before it. The critic learns ten times as
  /// fast: where it lags behind, the student goes astray.
  private static let (matchingRate, criticRate) = (0.05, 0.5)

  /// A stage that begins.
  ///
  /// - Parameters:
  ///   - place: which one.
  ///   - stages: all of them.
  ///   - last: the student of the stage before, or the model that is distilled.
  ///   - subject: what is distilled.
  /// - Throws: `SamplingError` where the process has too few timesteps.
  init(
    _ place: DistillationPlace, of stages: [DistillationStage], from last: DiffusionModel,
    _ subject: DistillationSubject
  ) throws(SamplingError) {
    let stage = stages[place.stage]
    (self.stage, self.place) = (stage, place)
    grid = try stage.grid(in: last.schedule)
    paths = try stage.paths(in: last.schedule)
    var options = subject.options
    // Other images and other noise in every stage.
    options.seed &+= UInt64(place.stage)
    switch stage.method {
    case .progressive:
      (teacher, critic) = (last, nil)
      // The students after the first have a teacher that has learned what guidance does.
      guidance = place.stage == 0 ? subject.guidance : 0
    case .distributionMatching:
      (teacher, guidance) = (subject.original, subject.guidance)
      var criticOptions = options
      options.learningRate *= StageTraining.matchingRate
      criticOptions.learningRate *= StageTraining.criticRate
      criticOptions.seed &+= UInt64(stages.count)
      critic = Critic(
        teacher, of: last, grid, data: subject.data, labels: subject.labels, criticOptions)
    }
    self.options = options
    teacher.parameters.derive(Workers(count: options.threads))
    trainer = Trainer(
      from: last, objective: DistillationLoss(grid: grid), data: subject.data,
      labels: subject.labels, options,
      lesson: StageTraining.lesson(
        of: critic?.student, teacher, guidance, critic: critic?.model, grid, paths,
        seed: options.seed))
  }

  /// Makes what one thread learns from.
  private static func lesson(
    of student: DiffusionModel?, _ teacher: DiffusionModel, _ guidance: Double,
    critic: DiffusionModel?, _ grid: [Timestep], _ paths: [Timestep: [Timestep]], seed: UInt64
  ) -> () -> any Lesson {
    guard let student, let critic else {
      return { TeacherLane(teacher, guidance, paths: paths) }
    }
    return { MatchingLane(student, teacher, guidance, critic: critic, grid, seed: seed) }
  }

  /// The critic's steps for each of the student's.
  private var criticSteps: Int {
    guard case .distributionMatching(let criticSteps) = stage.method else { return 0 }
    return criticSteps
  }

  /// Takes a step.
  ///
  /// - Parameter total: how many steps the stage will have.
  /// - Throws: `TrainingError.diverged`, before the student's weights are changed.
  func step(of total: Int) throws(TrainingError) -> Trainer.Step {
    for _ in 0..<criticSteps { try critic?.step() }
    let step = try trainer.step(of: max(trainer.completed + 1, total))
    critic?.show(trainer.optimization.parameters)
    return step
  }

  /// Does the next step's work and changes nothing.
  func rehearse() {
    for _ in 0..<criticSteps { critic?.trainer.rehearse() }
    trainer.rehearse()
  }

  /// The student as it is now: a model that is drawn in its stage's steps.
  func student() -> DiffusionModel {
    trainer.snapshot().drawn(
      by: SamplingPreference(sampler: .ddim, spacing: .trailing, steps: stage.steps),
      clipping: teacher.clipping)
  }

  /// The loss of a student on held-out images.
  func measure(_ loss: HeldOutLoss, _ student: DiffusionModel) -> HeldOutLoss.Measurement {
    loss.measure(
      student, DistillationLoss(grid: grid), over: grid.reversed(), threads: options.threads,
      ranks: options.ranks,
      lesson: StageTraining.lesson(
        of: student, teacher, guidance, critic: critic?.model, grid, paths, seed: options.seed))
  }

  /// What the state keeps beside the student.
  var tensors: [(TrainingState.Part, Floats)] {
    [(.teacher, teacher.parameters.values)] + (critic?.trainer.criticParts ?? [])
  }

  /// Goes on where a state of this stage was written.
  ///
  /// - Throws: `FileError` where it is that of another network.
  func restore(_ state: TrainingState) throws(FileError) {
    try trainer.restore(state)
    guard let critic else { return }
    try critic.trainer.restoreCritic(state, completed: criticSteps * trainer.completed)
    critic.show(trainer.optimization.parameters)
    critic.update()
  }
}
