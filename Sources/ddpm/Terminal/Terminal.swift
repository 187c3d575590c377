// What a stream's terminal can do: rewriting a line, its width, colour.

import Foundation

/// The terminal behind a stream, if there is one.
package struct Terminal: Sendable {
  /// Whether the stream is a terminal that can rewrite a line.
  package let isInteractive: Bool
  /// Whether text may be coloured.
  package let hasColour: Bool
  /// How pictures can be drawn.
  package let drawing: Drawing
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
    drawing = hasColour ? Drawing(environment: environment) : .characters
  }

  /// How a picture is drawn with text.
  package enum Drawing: Sendable, CaseIterable {
    /// Half blocks in any colour.
    case trueColour
    /// Half blocks in the 256 colours of xterm.
    case palette
    /// Plain characters, denser where it is brighter.
    case characters

    /// What a colour terminal announces; half blocks need a UTF-8 locale besides.
    fileprivate init(environment: [String: String]) {
      let locales = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
      let locale = locales.first { !$0.isEmpty }?.uppercased() ?? ""
      self =
        if !locale.contains("UTF-8"), !locale.contains("UTF8") {
          .characters
        } else if ["truecolor", "24bit"].contains(environment["COLORTERM", default: ""]) {
          .trueColour
        } else if environment["TERM", default: ""].contains("256color") {
          .palette
        } else {
          .characters
        }
    }
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
