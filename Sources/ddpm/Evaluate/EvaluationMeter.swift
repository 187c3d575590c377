// One progress line over measurements of different sizes.

import Foundation
import Synchronization

/// Tells the time left over all measurements while one of them runs, and ends the program where the
/// user does not want to wait for it: what is finished is kept.
final class EvaluationMeter {
  private var total = 1
  private let progress: SharedProgress
  private let farewell: String
  private var done = 0
  /// What the work that is done took; what lies between measurements is no measure of what is left.
  private var spent = Duration.zero

  /// - Parameter farewell: the last words after an interruption.
  init(_ progress: SharedProgress, farewell: String) {
    (self.progress, self.farewell) = (progress, farewell)
  }

  /// From here on there is so much work, in runs of the network.
  func begin(total: Int) {
    (self.total, done, spent) = (max(1, total), 0, .zero)
  }

  /// Makes a measurement.
  ///
  /// - Parameters:
  ///   - label: what is measured.
  ///   - size: how much of the work it is.
  ///   - body: the measurement, which reports its own share that is done.
  func measure<Result, Failure: Error>(
    _ label: String, _ size: Int,
    _ body: (@escaping @Sendable (Double) -> Void) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (before, total) = (Double(done), Double(total))
    let (progress, farewell) = (progress, farewell)
    let now = ContinuousClock.now
    // As if all of it had been measured at one go.
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
