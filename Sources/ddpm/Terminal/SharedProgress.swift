// Progress that worker threads report.

import Synchronization

/// A `Progress` that any thread may update.
final class SharedProgress: Sendable {
  private let state: Mutex<Progress>

  init(isQuiet: Bool) {
    state = Mutex(Progress(isQuiet: isQuiet))
  }

  /// Reports, unless the last report was only just now or another thread is at it.
  func update(_ text: String) {
    state.withLockIfAvailable { $0.update(text) }
  }

  /// Says something that stays.
  func say(_ text: String) { state.withLock { $0.say(text) } }

  /// Warns, also where no progress is shown.
  func warn(_ text: String) { state.withLock { $0.warn(text) } }

  /// Reports the last state and ends the line.
  func finish(_ text: String) { state.withLock { $0.finish(text) } }

  /// Ends an open line, so that an error can follow on one of its own.
  func endLine() { state.withLock { $0.endLine() } }
}

/// A share as a percentage.
func percent(_ share: Double) -> String {
  decimals(100 * share, share > 0 && share < 0.1 ? 1 : 0) + "%"
}

/// The time left when a share of the work is done.
func left(_ share: Double, since start: ContinuousClock.Instant) -> Duration {
  (ContinuousClock.now - start) * (1 / max(share, 1e-9) - 1)
}
