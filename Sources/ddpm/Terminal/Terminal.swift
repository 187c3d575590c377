// What a stream's terminal can do: rewriting a line, its width, colour.

import Foundation

/// The terminal behind a stream, if there is one.
package struct Terminal: Sendable {
  /// Whether the stream is a terminal that can rewrite a line.
  package let isInteractive: Bool
  /// Whether text may be coloured.
  package let hasColour: Bool
  private let descriptor: Int32

  /// How wide text is laid out where there is no terminal to ask.
  package static let plainWidth = 80

  /// The terminal of standard output.
  package static let results = Terminal(Output.results)
  /// The terminal of standard error.
  package static let messages = Terminal(Output.messages)

  private init(_ output: Output) {
    self.init(
      descriptor: output.descriptor, isTerminal: isatty(output.descriptor) == 1,
      environment: ProcessInfo.processInfo.environment)
  }

  /// A terminal by its environment: `TERM=dumb` cannot rewrite, a non-empty `NO_COLOR` bans colour.
  package init(descriptor: Int32, isTerminal: Bool, environment: [String: String]) {
    self.descriptor = descriptor
    isInteractive = isTerminal && environment["TERM"] != "dumb"
    hasColour = isInteractive && environment["NO_COLOR", default: ""].isEmpty
  }

  /// The columns there are now; it follows the window.
  package var width: Int {
    var size = winsize()
    guard isInteractive, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return Self.plainWidth
    }
    return Int(size.ws_col)
  }

  /// How text is set off, as the terminal's "select graphic rendition" numbers.
  package enum Ink: Int, Sendable {
    case bold = 1
    case red = 31
  }

  /// The text in an ink, or as it is where there is no colour.
  package func paint(_ text: String, _ ink: Ink) -> String {
    hasColour ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
  }
}
