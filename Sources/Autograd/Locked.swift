// A value behind a lock.

import Foundation

/// A value that threads take turns with.
///
/// In place of Synchronization's `Mutex`: that one waits in the kernel by itself, which the thread
/// sanitizer does not see, and reports as a race whatever was waited for.
package final class Locked<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  package init(_ value: Value) {
    self.value = value
  }

  /// Runs `body` with the value, which no other thread reads or writes meanwhile.
  package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
