// `ddpm completions`: the script that teaches a shell the program's words.

/// Prints a shell's completions.
package struct CompletionsCommand: Command {
  package static let name = "completions"
  package static let abstract = "Prints a script that completes ddpm's words in a shell"
  package static let examples = [
    Example(
      "ddpm completions bash > ~/.local/share/bash-completion/completions/ddpm",
      "for bash with bash-completion; without it, source such a file in ~/.bashrc"),
    Example(
      "ddpm completions zsh > ~/.zsh/functions/_ddpm",
      "for zsh, into any folder of its fpath"),
    Example(
      "ddpm completions fish > ~/.config/fish/completions/ddpm.fish", "for fish"),
  ]

  static let shell = Option<Shell?>(operand: name, "bash|zsh|fish", .choice, "the shell")

  package static let table = OptionTable(operand: shell)

  package static let runsKernels = false

  package let shell: Shell

  package init(_ arguments: Arguments) throws(UsageError) {
    guard let shell = try arguments[Self.shell] else {
      throw UsageError("completions needs a shell: ddpm completions bash|zsh|fish")
    }
    self.shell = shell
  }

  package func run() throws {
    try Output.results.write(shell.script)
  }
}
