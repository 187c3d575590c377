// zsh's completions: the table is all there, and zsh reads it, where it is installed.

import Testing
import ddpm

@Suite struct ZshCompletionsTests {
  @Test func theFirstLineIsTheCompletionSystemsOrder() {
    #expect(Shell.zsh.script.hasPrefix("#compdef ddpm\n# Completions of ddpm"))
  }

  @Test func everyOptionOfEveryCommandHasItsSpecification() throws {
    for command in Tool.commands {
      let script = Shell.zsh.script
      let start = try #require(script.range(of: "\n  \(command.name))\n")).upperBound
      let end = try #require(script[start...].range(of: "\n    ;;")).lowerBound
      let lines = script[start..<end].split(separator: "\n")
      for option in command.table.options {
        let flag = option.flag + (option.placeholder == nil ? "[" : "=[")
        #expect(lines.count { $0.contains("'\(flag)") || $0.contains(")\(flag)") } == 1)
      }
    }
  }

  /// Brackets end an explanation and colons a part, unless a backslash is before them.
  @Test func whatMeansSomethingToZshIsEscaped() {
    let script = Shell.zsh.script
    #expect(script.contains(#"outside \[-1, 1\]; dynamic: each is scaled to fit]:"#))
    #expect(script.contains(#"{_alternative "words\:word\:(synthetic)" "paths\:path\:_files -/"}"#))
    #expect(script.contains("'(--epochs --minutes)--steps=[train for N batches]:N: '"))
    #expect(script.contains(#"_files -g "*.png *.pgm""#))
  }

  @Test(.enabled(if: installed("zsh"), "no zsh here")) func zshReadsTheScript() throws {
    let result = try BuiltTool.shell("\"$0\" completions zsh | zsh -n")
    #expect(result.code == 0 && result.messages.isEmpty, "\(result.messages)")
  }
}
