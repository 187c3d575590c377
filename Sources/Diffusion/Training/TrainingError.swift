// A training that cannot go on.

/// What ends a training early.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss or a gradient is infinite or not a number.
  case diverged(step: Int, learningRate: Double)

  /// One line: what happened, and what to do.
  public var description: String {
    switch self {
    case .diverged(let step, let learningRate):
      "the loss is not finite at step \(step): the training diverged; try a learning rate below"
        + " \(learningRate)"
    }
  }
}
