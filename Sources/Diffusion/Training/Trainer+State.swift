// A training written to its folder and taken up again.

internal import Autograd
internal import Kernels

extension Trainer {
  private var parts: [(TrainingState.Part, Floats)] {
    [
      (.weights, optimization.parameters.values), (.average, optimization.ema.values),
      (.firstMoment, optimization.moments.first), (.secondMoment, optimization.moments.second),
    ]
  }

  /// The same of a critic, whose average nobody reads.
  var criticParts: [(TrainingState.Part, Floats)] {
    [
      (.criticWeights, optimization.parameters.values),
      (.criticFirstMoment, optimization.moments.first),
      (.criticSecondMoment, optimization.moments.second),
    ]
  }

  /// Writes everything that is needed to go on, replacing the state before at once or not at all.
  ///
  /// - Parameters:
  ///   - folder: the run's.
  ///   - record: what is to be kept beside the numbers.
  /// - Throws: `FileError`.
  package func saveState(to folder: String, _ record: TrainingRecord) throws(FileError) {
    try saveState(to: folder, record, nil)
  }

  /// The same, with what a distillation needs too.
  func saveState(
    to folder: String, _ record: TrainingRecord, _ distillation: DistillationState?
  ) throws(FileError) {
    let path = TrainingState.path(in: folder)
    try createFolder(Path.parent(of: path))
    let entries = (parts + (distillation?.tensors ?? [])).flatMap { part, floats in
      optimization.parameters.layout.parameters.map { parameter in
        Safetensors.Entry(
          part.rawValue + parameter.name, shape: parameter.fileShape,
          .floatsLater(count: parameter.count) { parameter.fileValues(in: floats) })
      }
    }
    try AtomicFile.write(
      chunks: TrainingState.chunks(
        completed: completed, record, distillation?.place, continuous?.logSNR,
        entries + (history.map(TrainingState.entries) ?? [])), to: path)
  }

  /// Goes on where a state was written: the steps to come are those of the training that wrote it,
  /// to the last bit, where settings and data are the same.
  ///
  /// - Throws: `FileError` where the state is that of another network; the trainer is then of no
  ///   use.
  package func restore(_ state: TrainingState) throws(FileError) {
    try restore(parts, state, completed: state.completed)
    if let process = continuous {
      continuous = ContinuousProcess(try state.logSNR, process.ends)
    }
    if history != nil { history = try state.history(timesteps: schedule.last.value) }
  }

  /// Goes on where the state of a critic was written.
  ///
  /// - Parameter completed: the critic's steps until then.
  /// - Throws: `FileError` where there is none.
  func restoreCritic(_ state: TrainingState, completed: Int) throws(FileError) {
    try restore(criticParts, state, completed: completed)
  }

  private func restore(
    _ parts: [(TrainingState.Part, Floats)], _ state: TrainingState, completed: Int
  ) throws(FileError) {
    for (part, floats) in parts {
      try optimization.parameters.layout.load(state.tensors(part), into: floats)
    }
    optimization.parameters.markChanged()
    optimization.ema.markChanged()
    self.completed = completed
  }

  /// Writes everything that is needed to go on: weights, their average, the optimizer's moments, the step.
  ///
  /// - Parameter folder: created if need be; the state of a training before is replaced.
  /// - Throws: `FileError`.
  public func saveState(to folder: String) throws(FileError) {
    try saveState(to: folder, TrainingRecord(settings: [:], data: "", seconds: 0))
  }

  /// Goes on where `saveState` wrote: with the same settings and data, the steps to come are those of
  /// the training that wrote it, to the last bit.
  ///
  /// - Parameter folder: where the state lies.
  /// - Throws: `FileError` where there is none, or that of another network.
  public func resume(from folder: String) throws(FileError) {
    try restore(TrainingState(folder: folder))
  }
}
