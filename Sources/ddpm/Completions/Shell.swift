// The shells that the program's words are written for, and what their scripts have in common.

/// A shell by name.
package enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  /// A script that completes command lines, made from the table of commands and their options.
  package var script: String {
    let body =
      switch self {
      case .bash: BashCompletions.body
      case .zsh: ZshCompletions.body
      case .fish: FishCompletions.body
      }
    return (heading + body).map { $0 + "\n" }.joined()
  }

  /// zsh takes the first line for an order, so the comment is the second one.
  private var heading: [String] {
    (self == .zsh ? ["#compdef ddpm"] : [])
      + ["# Completions of ddpm \(Tool.version), made by: ddpm completions \(rawValue)"]
  }

  /// The flags that mean something without a command, with their explanations.
  static let generalFlags = [
    (flag: "--help", help: "list the commands"), (flag: "--version", help: "print the version"),
  ]
  /// The flag of every command that no table has.
  static let helpFlag = (flag: "--help", help: "explain the command and its options")
}

extension String {
  /// The text as one word of a POSIX shell, between quotes only where it needs them.
  var quotedForShells: String {
    let isPlain =
      !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/+=".contains($0)) }
    return isPlain ? self : shellQuoted
  }

  /// The text between single quotes of a POSIX shell.
  var shellQuoted: String {
    "'"
      + split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
