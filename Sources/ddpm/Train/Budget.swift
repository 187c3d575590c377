// How long a training is to be, as a user says it.

import Diffusion

/// How long a training goes on, counted from its first step, however often it is interrupted.
package enum Budget: Equatable, Sendable {
  /// Batches.
  case steps(Int)
  /// Passes over the data.
  case epochs(Int)
  /// Time.
  case minutes(Double)

  /// How many steps the training will have; nil where only the clock knows.
  ///
  /// - Parameters:
  ///   - images: in the data.
  ///   - batch: images per step.
  package func steps(images: Int, batch: Int) -> Int? {
    switch self {
    case .steps(let steps): steps
    case .epochs(let epochs): max(1, (epochs * images + batch - 1) / batch)
    case .minutes: nil
    }
  }

  /// The budget of a command line: minutes, or else passes.
  ///
  /// - Parameter usual: passes over the data where neither is given.
  init(_ arguments: Arguments, usual: Int) throws(UsageError) {
    typealias Train = TrainCommand
    self =
      if let minutes = try arguments[Train.minutes] {
        .minutes(minutes)
      } else {
        .epochs(try arguments[Train.epochs] ?? usual)
      }
  }
}
