// fish's completions: what fish itself proposes with them, where it is installed.

import Foundation
import Testing
import ddpm

@Suite struct FishCompletionsTests {
  @Test func everyOptionOfEveryCommandHasItsLine() {
    let lines = Shell.fish.script.split(separator: "\n")
    for command in Tool.commands {
      for option in command.table.options {
        let start =
          "complete -c ddpm -n '__fish_seen_subcommand_from \(command.name)' -l "
          + option.flag.dropFirst(2) + (option.placeholder == nil ? " -d" : " -")
        #expect(lines.count { $0.hasPrefix(start) } == 1, "\(command.name) \(option.flag)")
      }
    }
    #expect(lines.allSatisfy { $0.hasPrefix("#") || $0.count { $0 == "'" } > 1 || $0.count < 30 })
  }

  @Test(
    .enabled(if: installed("fish"), "no fish here"),
    arguments: [
      ("ddpm tr", "train"), ("ddpm train --pre", "--preset"), ("ddpm train --preset t", "tiny"),
      ("ddpm train --preset=t", "--preset=tiny"), ("ddpm train --data syn", "synthetic"),
      ("ddpm evaluate --metrics time,b", "time,bpd"), ("ddpm completions z", "zsh"),
      ("ddpm help s", "sample"),
    ])
  func theRightWordIsProposed(line: String, word: String) throws {
    let result = try BuiltTool.shell(
      "script=$(\"$0\" completions fish) && fish --no-config -c \"$script; complete -C '\(line)'\"")
    let words = result.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    #expect(words == [Substring(word)], "\(result.messages)")
  }
}

/// Whether a program can be launched by its name.
func installed(_ program: String) -> Bool {
  (try? BuiltTool.shell("command -v \(program)").code) == 0
}
