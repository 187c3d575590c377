// What a terminal's environment allows.

import Testing
import ddpm

@Suite struct TerminalTests {
  @Test(
    arguments: [
      (true, [:], true, true), (true, ["NO_COLOR": ""], true, true),
      (true, ["NO_COLOR": "1"], true, false), (true, ["TERM": "dumb"], false, false),
      (true, ["TERM": "xterm"], true, true), (false, [:], false, false),
    ] as [(Bool, [String: String], Bool, Bool)])
  func colourIsForWillingTerminals(
    isTerminal: Bool, environment: [String: String], isInteractive: Bool, hasColour: Bool
  ) {
    let terminal = Terminal(descriptor: -1, isTerminal: isTerminal, environment: environment)
    #expect(terminal.isInteractive == isInteractive)
    #expect(terminal.hasColour == hasColour)
    #expect(terminal.paint("text", .red) == (hasColour ? "\u{1B}[31mtext\u{1B}[0m" : "text"))
  }

  @Test func whatHasNoWidthIsEightyColumnsWide() {
    let terminal = Terminal(descriptor: -1, isTerminal: true, environment: [:])
    #expect(terminal.width == 80)
  }
}
