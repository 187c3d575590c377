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

  @Test(
    arguments: [
      (["COLORTERM": "truecolor", "LANG": "de_DE.UTF-8"], .trueColour),
      (["COLORTERM": "24bit", "LC_ALL": "C.utf8"], .trueColour),
      (["TERM": "xterm-256color", "LANG": "en_US.UTF-8"], .palette),
      (["TERM": "xterm", "LANG": "en_US.UTF-8"], .characters),
      (["COLORTERM": "truecolor", "LANG": "C"], .characters),
      (["COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C"], .characters),
      (["COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": ""], .trueColour),
      (["COLORTERM": "truecolor", "LANG": "C.UTF-8", "NO_COLOR": "1"], .characters),
      (["COLORTERM": "truecolor", "LANG": "C.UTF-8", "TERM": "dumb"], .characters),
      ([:], .characters),
    ] as [([String: String], Terminal.Drawing)])
  func picturesAreDrawnAsTheTerminalCan(
    environment: [String: String], drawing: Terminal.Drawing
  ) {
    let terminal = Terminal(descriptor: -1, isTerminal: true, environment: environment)
    #expect(terminal.drawing == drawing)
    let file = Terminal(descriptor: -1, isTerminal: false, environment: environment)
    #expect(file.drawing == .characters)
  }

  @Test func whatHasNoWidthIsEightyColumnsWide() {
    let terminal = Terminal(descriptor: -1, isTerminal: true, environment: [:])
    #expect(terminal.width == 80)
  }
}
