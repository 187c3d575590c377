// A place that one worker writes and everybody reads after all workers are done.

/// A value that threads hand over: written by one, read by others after the join.
package final class SharedValue<Value>: @unchecked Sendable {
  package var value: Value

  package init(_ value: Value) {
    self.value = value
  }
}
