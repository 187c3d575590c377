// One progress line over measurements of different sizes.

import Foundation
import Synchronization

/// Shows the time left for all measurements while one of them runs, and ends the program when it is
/// interrupted: finished measurements are kept.
final class EvaluationMeter {
  private var total = 1
  private let progress: SharedProgress
  private let farewell: String
  private var done = 0
  /// The time of the finished measurements, without the time between them, which does not grow with the
  /// work.
  private var spent = Duration.zero

  /// - Parameter farewell: the last words after an interruption.
  init(_ progress: SharedProgress, farewell: String) {
    (self.progress, self.farewell) = (progress, farewell)
  }

  /// Starts counting the work, in evaluations of the network on one image.
  func begin(total: Int) {
    (self.total, done, spent) = (max(1, total), 0, .zero)
  }

  /// Runs a measurement and shows its progress.
  ///
  /// - Parameters:
  ///   - label: what is measured.
  ///   - size: its share of the work, in evaluations of the network on one image.
  ///   - body: the measurement; it reports which share of itself is done.
  func measure<Result, Failure: Error>(
    _ label: String, _ size: Int,
    _ body: (@escaping @Sendable (Double) -> Void) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (before, total) = (Double(done), Double(total))
    let (progress, farewell) = (progress, farewell)
    let now = ContinuousClock.now
    // As if the measurements had followed each other without a break.
    let start = now - spent
    Interruption.endIfAsked(progress, farewell)
    let result = try body { share in
      Interruption.endIfAsked(progress, farewell)
      let all = (before + share * Double(size)) / total
      progress.update("\(percent(all))  \(label)  left \(left(all, since: start).brief)")
    }
    Interruption.endIfAsked(progress, farewell)
    if size > 0 { (done, spent) = (done + size, spent + (ContinuousClock.now - now)) }
    return result
  }
}

extension Interruption {
  private static let isEnding = Atomic(false)

  /// Ends the program if it was asked to stop; for work that has nothing to save.
  fileprivate static func endIfAsked(_ progress: SharedProgress, _ farewell: String) {
    guard let exitCode, !isEnding.exchange(true, ordering: .relaxed) else { return }
    progress.finish(farewell)
    // Other threads are still at work, so nothing is torn down.
    _exit(exitCode.rawValue)
  }
}
