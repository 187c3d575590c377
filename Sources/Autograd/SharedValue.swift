// A value that one worker writes and others read after all workers are done.

/// A value shared between threads: written by one, read by others after the join.
package final class SharedValue<Value>: @unchecked Sendable {
  package var value: Value

  package init(_ value: Value) {
    self.value = value
  }
}
