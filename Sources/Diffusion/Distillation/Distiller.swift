// A student in training: stage by stage it learns to draw in fewer steps, and at last as the data are.

internal import Autograd
package import Ranks

/// A distillation: progressive (Salimans and Ho 2022, Algorithm 2), then by distribution matching (Yin et
/// al. 2024).
///
/// A progressive stage begins with the student as a copy of its teacher; at its end the student is the next
/// stage's teacher. Matching begins with the last student, and its teacher is the model itself.
public final class Distiller {
  /// The stages, one after the other.
  public let stages: [DistillationStage]
  /// How many images there are to learn from.
  public var imageCount: Int { subject.data.count }
  private var subject: DistillationSubject
  private(set) var current: StageTraining
  /// The length of all stages that their warm-ups and averages are taken from, where it is an estimate.
  private var settled: Int?

  /// A student that is its teacher still.
  ///
  /// - Parameters:
  ///   - teacher: the model that is distilled; it predicts the image or the velocity.
  ///   - stages: at least one.
  ///   - guidance: w of the teacher's estimates, away from no class: the student draws what the guided
  ///     teacher draws; 0 for none.
  ///   - data: the images that noise is added to, at least one.
  ///   - labels: the class of each, for a conditional teacher.
  ///   - options: how each stage is trained.
  /// - Throws: `SamplingError` where the process has too few timesteps for a stage, or where the teacher
  ///   cannot be guided; `DistillationError` for a teacher that cannot be distilled.
  public init(
    _ teacher: DiffusionModel, _ stages: [DistillationStage], guidance: Double = 0,
    data: any ImageSource, labels: [UInt8]? = nil, _ options: TrainingOptions = TrainingOptions()
  ) throws {
    precondition(!stages.isEmpty, "a distillation without stages")
    try DistillationError.check(teacher)
    var guided = SamplingOptions(threads: options.threads)
    if guidance != 0 { guided.guidance = Guidance(guidance) }
    try teacher.check(guided)
    for stage in stages { _ = try stage.paths(in: teacher.schedule) }
    self.stages = stages
    subject = DistillationSubject(
      original: teacher, guidance: guidance, data: data, labels: labels, options: options)
    current = try StageTraining(.init(stage: 0, before: 0), of: stages, from: teacher, subject)
  }

  /// Which of the stages it is in.
  public var stage: Int { current.place.stage }

  /// Steps done, in all stages.
  public var completed: Int { current.place.before + current.trainer.completed }

  /// Takes one step of the stage that is due.
  ///
  /// - Parameter total: how many steps all stages will have.
  /// - Throws: `TrainingError.diverged`, before the student's weights are changed.
  public func step(of total: Int) throws(TrainingError) -> Trainer.Step {
    while stage + 1 < stages.count, completed >= end(total) {
      begin(.init(stage: stage + 1, before: completed), from: snapshot())
      if let settled { settle(for: settled) }
    }
    do throws(TrainingError) {
      let step = try current.step(of: end(total) - current.place.before)
      return Trainer.Step(
        number: completed, loss: step.loss, gradientNorm: step.gradientNorm,
        learningRate: step.learningRate)
    } catch {
      // In all stages' steps and at the options' rate: those of a stage, or of its critic, are its own.
      throw error.at(step: completed + 1, learningRate: subject.options.learningRate)
    }
  }

  private func begin(_ place: DistillationPlace, from last: DiffusionModel) {
    do {
      current = try StageTraining(place, of: stages, from: last, subject)
    } catch {
      preconditionFailure("a stage that was possible at first: \(error)")
    }
  }

  /// The steps that are done when this stage ends, of a distillation of so many.
  private func end(_ total: Int) -> Int {
    DistillationStage.start(of: stage + 1, in: stages, total: total)
  }

  /// The student as it is now: a model that is drawn in its stage's steps.
  public func snapshot() -> DiffusionModel { current.student() }
}

extension Distiller: TrainingCourse {
  /// The settings of every stage.
  package var options: TrainingOptions { subject.options }

  package var drawingSteps: Int { current.stage.steps }

  /// Of the stage that it is in.
  package var traffic: Traffic { current.trainer.traffic }

  package func settle(for steps: Int) {
    settled = steps
    current.trainer.settle(for: max(1, end(steps) - current.place.before))
  }

  package func rehearse() { current.rehearse() }

  package func measure(
    _ loss: HeldOutLoss, _ model: DiffusionModel
  ) -> HeldOutLoss.Measurement {
    current.measure(loss, model)
  }

  package func saveState(to folder: String, _ record: TrainingRecord) throws(FileError) {
    try current.trainer.saveState(
      to: folder, record,
      DistillationState(
        place: current.place,
        tensors: [(.original, subject.original.parameters.values)] + current.tensors))
  }

  package func restore(_ state: TrainingState) throws(FileError) {
    guard let place = state.distillation, stages.indices.contains(place.stage) else {
      throw FileError(path: state.file.path, .invalid("is not the state of a distillation"))
    }
    subject.original = try model(.original, of: state)
    begin(place, from: try model(.teacher, of: state))
    try current.restore(state)
  }

  /// The model that is distilled, with the weights of a state.
  private func model(
    _ part: TrainingState.Part, of state: TrainingState
  ) throws(FileError) -> DiffusionModel {
    let parameters = Parameters(subject.original.unet.layout, for: .inference)
    try parameters.load(state.tensors(part))
    return subject.original.with(parameters)
  }
}
