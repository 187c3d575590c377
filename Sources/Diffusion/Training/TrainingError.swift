// A training that cannot go on.

/// What ends a training early.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss or a gradient is infinite or not a number; where that was looked for, what was so first.
  case diverged(step: Int, learningRate: Double, anomaly: String? = nil)

  /// The same error by another count of the steps, and another learning rate.
  func at(step: Int, learningRate: Double) -> TrainingError {
    switch self {
    case .diverged(_, _, let anomaly):
      .diverged(step: step, learningRate: learningRate, anomaly: anomaly)
    }
  }

  /// One line: what happened, and what to do.
  public var description: String {
    switch self {
    case .diverged(let step, let learningRate, let anomaly):
      "the loss is not finite at step \(step): the training diverged"
        + (anomaly.map { ", first in \($0)" } ?? "") + "; try a learning rate below \(learningRate)"
    }
  }
}
