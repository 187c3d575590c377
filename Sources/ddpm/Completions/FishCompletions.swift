// Completions for fish: one line per command and option.

/// The script for fish.
enum FishCompletions {
  static var body: [String] {
    let names = Tool.commands.map { $0.name }
    let general = Shell.generalFlags.map {
      "complete -c ddpm -n __fish_use_subcommand \(long($0.flag)) -d \(quoted($0.help))"
    }
    return ["complete -c ddpm -f"] + general
      + Tool.commands.map {
        "complete -c ddpm -n __fish_use_subcommand -a \($0.name) -d \(quoted($0.abstract))"
      }
      + ["complete -c ddpm -n __fish_use_subcommand -a help -d 'Explains a command'"]
      + Tool.commands.flatMap(lines)
      + ["complete -c ddpm -n '__fish_seen_subcommand_from help' -a \(quoted(joined(names)))"]
  }

  private static func lines(_ command: any Command.Type) -> [String] {
    let start = "complete -c ddpm -n '__fish_seen_subcommand_from \(command.name)'"
    let operand = command.table.operand.map { ["\(start) -a \(quoted(joined($0.words)))"] } ?? []
    let options = command.table.options.map { option in
      "\(start) \(long(option.flag))\(values(option)) -d \(quoted(option.help))"
    }
    let help = "\(start) \(long(Shell.helpFlag.flag)) -d \(quoted(Shell.helpFlag.help))"
    return operand + options + [help]
  }

  /// What completes a value, files only where one is expected.
  private static func values(_ option: any AnyOption) -> String {
    guard option.placeholder != nil else { return "" }
    var sources: [String] = []
    if !option.words.isEmpty {
      let words = joined(option.words)
      sources.append(option.isList ? "(__fish_append , \(words))" : words)
    }
    // Files of every ending: fish's own filter for endings shows all of them too.
    var rule = " -x"
    switch option.path {
    case .folder?: sources.append("(__fish_complete_directories)")
    case .file?: rule = " -r -F"
    case nil: break
    }
    return rule + (sources.isEmpty ? "" : " -a \(quoted(joined(sources)))")
  }

  private static func long(_ flag: String) -> String { "-l \(flag.drop { $0 == "-" })" }

  private static func joined(_ words: [String]) -> String { words.joined(separator: " ") }

  /// The text between single quotes of fish, which escape with a backslash.
  private static func quoted(_ text: String) -> String {
    "'" + text.map { "\\'".contains($0) ? "\\\($0)" : String($0) }.joined() + "'"
  }
}
