// bash's completions, by sourcing them and calling the function as bash does.

import Foundation
import Testing

@Suite struct BashCompletionsTests {
  /// What is proposed for the last of the words, each as bash splits a line (`=` stands alone).
  private func proposals(_ words: [String], in workspace: Workspace) throws -> [String] {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let result = try BuiltTool.shell(
      """
      "$0" completions bash > '\(workspace.path("script"))' && cd '\(workspace.path("place"))' &&
      bash -c 'source ../script && complete -p ddpm >/dev/null && COMP_WORDS=("$@") &&
        COMP_CWORD=$(($# - 1)) && { _ddpm; printf "%s\\n" "${COMPREPLY[@]}"; }' bash \(quoted)
      """)
    #expect(result.code == 0 && result.messages.isEmpty, "\(result.messages)")
    return result.output.split(separator: "\n").map(String.init).sorted()
  }

  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    for name in ["a.png", "b.npy", "c.txt", "two words/d.png"] {
      try workspace.write("", to: "place/\(name)")
    }
    return workspace
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "no bash here"),
    arguments: [
      (["ddpm", "tr"], ["train"]), (["ddpm", "--v"], ["--version"]),
      (["ddpm", "help", "s"], ["sample"]), (["ddpm", "train", "--pres"], ["--preset"]),
      (["ddpm", "train", "--preset", ""], ["base", "small", "tiny"]),
      (["ddpm", "train", "--preset", "=", "t"], ["tiny"]),
      (["ddpm", "train", "--preset", "="], ["base", "small", "tiny"]),
      (["ddpm", "train", "--quiet", "--se"], ["--seed"]),
      (["ddpm", "train", "--steps", ""], []), (["ddpm", "train", "--banana", "tin"], []),
      (["ddpm", "train", "--data", ""], ["synthetic", "two words"]),
      (["ddpm", "train", "--out", "two"], ["two words"]),
      (["ddpm", "sample", "--noise", ""], ["b.npy", "two words"]),
      (["ddpm", "sample", "--out", "a"], ["a.png"]),
      (["ddpm", "sample", "--progressive", ""], ["a.png", "two words"]),
      (["ddpm", "evaluate", "--metrics", "time,b"], ["time,bpd"]),
      (["ddpm", "completions", ""], ["--help", "bash", "fish", "zsh"]),
    ] as [([String], [String])])
  func theRightWordsAreProposed(words: [String], proposed: [String]) throws {
    #expect(try proposals(words, in: workspace()) == proposed)
  }
}
