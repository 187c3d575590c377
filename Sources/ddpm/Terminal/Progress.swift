// Progress on standard error: one rewritten line on a terminal, else a plain line now and then.

/// Shows how far the work is, at a pace that suits what is reading.
package struct Progress: Sendable {
  /// How a report is shown.
  package enum Mode: Sendable {
    /// One line is rewritten, cut to the columns there are.
    case rewriting(width: @Sendable () -> Int)
    /// Every report is a line.
    case lines
    /// Nothing is shown.
    case silent
  }

  private let mode: Mode
  private let write: @Sendable (String) -> Void
  private var lastReport: ContinuousClock.Instant?
  private var lineIsOpen = false

  /// Progress on a terminal, or away from one.
  package init(terminal: Terminal = .messages, isQuiet: Bool) {
    let mode: Mode =
      if isQuiet {
        .silent
      } else if terminal.isInteractive {
        .rewriting { terminal.width }
      } else {
        .lines
      }
    self.init(mode) { Output.messages.note($0) }
  }

  /// Progress of a given mode, written by `write`.
  package init(_ mode: Mode, write: @escaping @Sendable (String) -> Void) {
    self.mode = mode
    self.write = write
  }

  /// The least time between two reports, nil if there are none.
  private var interval: Duration? {
    switch mode {
    case .rewriting: .milliseconds(100)
    case .lines: .seconds(10)
    case .silent: nil
    }
  }

  /// Reports, unless the last report was only just now.
  package mutating func update(
    _ text: @autoclosure () -> String, at now: ContinuousClock.Instant = .now
  ) {
    guard let interval else { return }
    if let lastReport, now < lastReport + interval { return }
    lastReport = now
    show(text())
  }

  /// Reports the last state in place of the line, whenever the one before was; as it stays, it is
  /// not cut.
  package mutating func finish(_ text: String) { say(text) }

  /// Ends an open line, so that an error can follow on one of its own.
  package mutating func endLine() {
    if lineIsOpen { write("\n") }
    lineIsOpen = false
  }

  /// Says something that stays, on a line of its own above the progress.
  package mutating func say(_ text: String) {
    switch mode {
    case .rewriting:
      write((lineIsOpen ? "\r\u{1B}[K" : "") + text + "\n")
      lineIsOpen = false
    case .lines: write(text + "\n")
    case .silent: break
    }
  }

  /// Warns, on a line of its own above the progress: also where no progress is shown.
  package mutating func warn(_ text: String) {
    if case .silent = mode { write("ddpm: \(text)\n") } else { say("ddpm: \(text)") }
  }

  private mutating func show(_ text: String) {
    switch mode {
    case .rewriting(let width):
      // The last column stays free: a character there makes some terminals wrap.
      write("\r" + text.prefix(max(0, width() - 1)) + "\u{1B}[K")
      lineIsOpen = true
    case .lines: write(text + "\n")
    case .silent: break
    }
  }
}
