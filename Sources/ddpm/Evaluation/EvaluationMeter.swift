// One progress line over measurements of different sizes.

import Foundation
import Synchronization

/// Tells the time left over all measurements while one of them runs, and ends the program where the
/// user does not want to wait for it: what is finished is kept.
final class EvaluationMeter {
  private var total = 1
  private let progress: SharedProgress
  private let farewell: String
  private var start = ContinuousClock.now
  private var done = 0

  /// - Parameter farewell: the last words after an interruption.
  init(_ progress: SharedProgress, farewell: String) {
    (self.progress, self.farewell) = (progress, farewell)
  }

  /// From here on there is so much work, in runs of the network.
  func begin(total: Int) {
    (self.total, done, start) = (max(1, total), 0, .now)
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
    let (before, total, start) = (Double(done), Double(total), start)
    let (progress, farewell) = (progress, farewell)
    Interruption.endIfAsked(progress, farewell)
    let result = try body { share in
      Interruption.endIfAsked(progress, farewell)
      let all = (before + share * Double(size)) / total
      progress.update("\(percent(all))  \(label)  left \(left(all, since: start).brief)")
    }
    Interruption.endIfAsked(progress, farewell)
    done += size
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
