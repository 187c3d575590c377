// Completions for zsh: a function for its completion system, to autoload or to source.

/// The script for zsh.
enum ZshCompletions {
  static var body: [String] {
    let names = Tool.commands.map { $0.name }.joined(separator: " ")
    return [
      "_ddpm() {",
      "  local -a commands",
      "  commands=(",
    ] + Tool.commands.map { "    " + "\($0.name):\($0.abstract)".shellQuoted } + [
      "    'help:Explains a command'",
      "  )",
      "  if ((CURRENT == 2)); then",
      "    _describe command commands",
      "    _arguments \(Shell.generalFlags.map { spec($0) }.joined(separator: " "))",
      "    return",
      "  fi",
      "  local command=$words[2]",
      "  shift words",
      "  ((CURRENT--))",
      "  case $command in",
    ] + Tool.commands.flatMap(cases) + [
      "  help) _arguments '1:command:(\(names))' ;;",
      "  esac",
      "}",
      "if [[ $funcstack[1] == _ddpm ]]; then _ddpm \"$@\"; else compdef _ddpm ddpm; fi",
    ]
  }

  private static func cases(_ command: any Command.Type) -> [String] {
    let table = command.table
    let operand = table.operand.map { ["'1:\($0.help):(\($0.words.joined(separator: " ")))'"] }
    let specs =
      (operand ?? []) + table.options.map { spec($0, excluded: table.exclusive) }
      + [spec(Shell.helpFlag)]
    return ["  \(command.name))", "    _arguments -S \\"]
      + specs.enumerated().map { place, spec in
        "      \(spec)" + (place < specs.count - 1 ? " \\" : "")
      } + ["    ;;"]
  }

  private static func spec(_ entry: (flag: String, help: String)) -> String {
    "(- *)\(entry.flag)[\(bracketed(entry.help))]".shellQuoted
  }

  /// `(flags that it excludes)--flag=[help]:placeholder:what its value may be`.
  private static func spec(_ option: any AnyOption, excluded: [[String]]) -> String {
    let others = excluded.filter { $0.contains(option.flag) }.joined().filter { $0 != option.flag }
    let before = others.isEmpty ? "" : "(\(others.joined(separator: " ")))"
    guard let placeholder = option.placeholder else {
      return "\(before)\(option.flag)[\(bracketed(option.help))]".shellQuoted
    }
    return
      "\(before)\(option.flag)=[\(bracketed(option.help))]:\(colonless(placeholder)):\(action(option))"
      .shellQuoted
  }

  /// What completes a value.
  private static func action(_ option: any AnyOption) -> String {
    let words = option.words.joined(separator: " ")
    guard let path = option.path else {
      if words.isEmpty { return " " }
      return option.isList ? "_values -s , value \(words)" : "(\(words))"
    }
    let files =
      switch path {
      case .folder: "_files -/"
      case .file(let endings):
        endings.isEmpty
          ? "_files"
          : "_files -g \"\(endings.map { "*.\($0)" }.joined(separator: " "))\""
      }
    return words.isEmpty
      ? files : "{_alternative \"words\\:word\\:(\(words))\" \"paths\\:path\\:\(files)\"}"
  }

  private static func bracketed(_ text: String) -> String {
    text.map { "[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  private static func colonless(_ text: String) -> String {
    text.map { $0 == ":" ? "\\:" : String($0) }.joined()
  }
}
