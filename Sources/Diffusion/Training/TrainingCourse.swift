// What takes steps of training: a network on its data, or a student from its teacher.

package import Ranks

/// Something that is trained step by step, measured, saved and gone on with.
package protocol TrainingCourse: AnyObject {
  /// Steps done.
  var completed: Int { get }
  /// How many images there are to learn from.
  var imageCount: Int { get }
  /// The settings.
  var options: TrainingOptions { get }
  /// What its steps have cost in communication between ranks.
  var traffic: Traffic { get }
  /// DDIM's steps in which the model as it is now is drawn.
  var drawingSteps: Int { get }

  /// Takes one step.
  ///
  /// - Parameter total: how many steps there will be.
  /// - Throws: `TrainingError.diverged`, before the weights are changed.
  func step(of total: Int) throws(TrainingError) -> Trainer.Step

  /// Takes the warm-up and the average's decay from a training of so many steps, for one whose
  /// length is an estimate that will change.
  func settle(for steps: Int)

  /// Does the next step's work and changes nothing, to see how long it takes.
  func rehearse()

  /// The model as it is now: a copy that later steps leave alone.
  func snapshot() -> DiffusionModel

  /// The loss on held-out images.
  ///
  /// - Parameters:
  ///   - loss: which images.
  ///   - model: a snapshot.
  func measure(_ loss: HeldOutLoss, _ model: DiffusionModel) -> HeldOutLoss.Measurement

  /// Writes everything that is needed to go on, replacing the state before at once or not at all.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - record: what is to be kept beside the numbers.
  /// - Throws: `FileError`.
  func saveState(to folder: String, _ record: TrainingRecord) throws(FileError)

  /// Goes on where a state was written.
  ///
  /// - Throws: `FileError` where the state is that of another network.
  func restore(_ state: TrainingState) throws(FileError)
}

extension Trainer: TrainingCourse {
  /// Steps of the grids that show how a training goes.
  private static let usualDrawingSteps = 25

  package var drawingSteps: Int { min(Trainer.usualDrawingSteps, schedule.last.value) }

  package var traffic: Traffic { optimization.traffic }

  package func measure(
    _ loss: HeldOutLoss, _ model: DiffusionModel
  ) -> HeldOutLoss.Measurement {
    loss(model, threads: options.threads, ranks: options.ranks)
  }
}
