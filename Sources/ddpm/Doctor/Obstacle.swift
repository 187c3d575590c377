// What a check found in the way of work, with what to do about it.

/// An error, and what leads on from it.
package struct Obstacle: Error, CustomStringConvertible {
  package let cause: any Error
  let wayOut: String

  package init(_ cause: any Error, wayOut: String) {
    (self.cause, self.wayOut) = (cause, wayOut)
  }

  package var description: String { "\(cause); \(wayOut)" }
}
