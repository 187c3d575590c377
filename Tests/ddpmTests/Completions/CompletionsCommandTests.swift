// `ddpm completions` as a process.

import Testing
import ddpm

@Suite struct CompletionsCommandTests {
  @Test(arguments: Shell.allCases) func theScriptIsTheResult(shell: Shell) throws {
    let result = try BuiltTool.run(["completions", shell.rawValue])
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(result.output == shell.script)
    #expect(shell.script.contains("made by: ddpm completions \(shell.rawValue)\n"))
  }
}
