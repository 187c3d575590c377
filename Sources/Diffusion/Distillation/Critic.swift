// The critic of distribution matching: a network that keeps learning what a student draws.

internal import Autograd

/// A copy of the teacher that is trained on the student's images in place of the data's (Yin et al. 2024,
/// Section 3.2).
///
/// Several steps of its own for each of the student's keep it near the student (Yin et al. 2024b, Section
/// 4.2).
final class Critic {
  /// Its training.
  let trainer: Trainer
  /// The critic as it is now, for other networks to read; of its steps they see whole ones only.
  let model: DiffusionModel
  /// The student as it is now, for the same.
  let student: DiffusionModel
  private let workers: Workers

  /// A critic that knows the data's images still.
  ///
  /// - Parameters:
  ///   - teacher: a model of the data.
  ///   - student: as it begins.
  ///   - grid: its timesteps, the noisiest first.
  ///   - data: images of the student's size; only how many there are matters.
  ///   - labels: the classes that the student is to draw, as often as here.
  ///   - options: how the critic is trained.
  init(
    _ teacher: DiffusionModel, of student: DiffusionModel, _ grid: [Timestep],
    data: any ImageSource, labels: [UInt8]?, _ options: TrainingOptions
  ) {
    let layout = teacher.unet.layout
    model = teacher.with(Parameters(layout, for: .inference))
    let drawing = student.with(Parameters(layout, for: .inference))
    self.student = drawing
    workers = Workers(count: options.threads)
    trainer = Trainer(from: teacher, objective: SimpleLoss(), data: data, labels: labels, options) {
      CriticLane(drawing, grid, seed: options.seed)
    }
    show(student.parameters)
    update()
  }

  /// Takes a step on what the student draws.
  ///
  /// - Throws: `TrainingError.diverged`, before the weights are changed.
  func step() throws(TrainingError) {
    _ = try trainer.step(learningRate: trainer.options.learningRate, emaDecay: 0)
    update()
  }

  /// Makes the student what it is after a step of its own.
  func show(_ weights: Parameters) { copy(weights, to: student) }

  /// Makes the critic that others read what it is after a step, or once it is restored.
  func update() { copy(trainer.optimization.parameters, to: model) }

  private func copy(_ weights: Parameters, to model: DiffusionModel) {
    model.parameters.values.copy(from: weights.values)
    model.parameters.markChanged()
    model.parameters.derive(workers)
  }
}
