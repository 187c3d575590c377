// A command line that cannot be carried out.

/// What is wrong with the command line and what to write instead, in one sentence.
package struct UsageError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
