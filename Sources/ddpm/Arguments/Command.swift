// What a command is: words for the help, a table of options, and something to run.

/// A command of the program.
package protocol Command: Sendable {
  /// The word after `ddpm`.
  static var name: String { get }
  /// What the command does, in one sentence without a full stop.
  static var abstract: String { get }
  /// Command lines worth trying first.
  static var examples: [Example] { get }
  /// Every option.
  static var table: OptionTable { get }
  /// Whether the ranks of a job share its work; else rank 0 does it.
  static var isShared: Bool { get }
  /// Whether it runs what was compiled for one CPU; other commands work on any.
  static var runsKernels: Bool { get }

  /// The command as a command line has it.
  /// - Throws: `UsageError` for options that mean nothing together.
  init(_ arguments: Arguments) throws(UsageError)

  /// Does the work; an error ends the program with the error's line and exit code.
  func run() throws
}

extension Command {
  package static var isShared: Bool { false }
  package static var runsKernels: Bool { true }
}

/// A runnable command line and what it is for.
package struct Example: Sendable {
  package let line: String
  package let purpose: String

  package init(_ line: String, _ purpose: String) {
    self.line = line
    self.purpose = purpose
  }
}
