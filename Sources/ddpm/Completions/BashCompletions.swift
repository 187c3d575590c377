// Completions for bash, from version 3.2 on: a function that looks up the last flag in a table.

/// The script for bash.
enum BashCompletions {
  static var body: [String] {
    let names = Tool.commands.map { $0.name } + ["help"]
    let first = (names + Shell.generalFlags.map(\.flag)).joined(separator: " ")
    return [
      "_ddpm() {",
      "  local word=${COMP_WORDS[COMP_CWORD]} flag=${COMP_WORDS[COMP_CWORD - 1]}",
      "  local words='' separator='' prefix='' paths='' endings='' item",
      "  # The = of --flag=value is a word of its own here.",
      "  if [[ $word == = ]]; then",
      "    word=''",
      "  elif [[ $flag == = ]]; then",
      "    flag=${COMP_WORDS[COMP_CWORD - 2]}",
      "  fi",
      "  if ((COMP_CWORD == 1)); then",
      "    words='\(first)'",
      "  else",
      "    case \"${COMP_WORDS[1]} $flag\" in",
    ] + Tool.commands.flatMap(cases) + [
      "    'help '*) words='\(names.dropLast().joined(separator: " "))' ;;",
      "    esac",
      "  fi",
      "  if [[ -n $separator && $word == *\"$separator\"* ]]; then",
      "    prefix=${word%\"$separator\"*}$separator",
      "    word=${word##*\"$separator\"}",
      "  fi",
      "  COMPREPLY=()",
      "  while IFS= read -r item; do",
      "    COMPREPLY+=(\"$prefix$item\")",
      "  done < <(",
      "    compgen -W \"$words\" -- \"$word\"",
      "    if [[ -n $paths ]]; then compgen $paths -- \"$word\"; fi",
      "    for item in $endings; do compgen -f -X \"!*.$item\" -- \"$word\"; done",
      "  )",
      "  if [[ -n $paths ]]; then compopt -o filenames 2>/dev/null; fi",
      "}",
      "complete -F _ddpm ddpm",
    ]
  }

  /// What follows each flag of a command, and then its flags.
  private static func cases(_ command: any Command.Type) -> [String] {
    let table = command.table
    let values = table.options.compactMap { option -> String? in
      guard option.placeholder != nil else { return nil }
      return "    '\(command.name) \(option.flag)')\(suggestions(option)) ;;"
    }
    let flags = (table.operand?.words ?? []) + table.flags + [Shell.helpFlag.flag]
    return values + ["    '\(command.name) '*) words='\(flags.joined(separator: " "))' ;;"]
  }

  /// The assignments that say what a value may be; of a number there is nothing to say.
  private static func suggestions(_ option: any AnyOption) -> String {
    var parts: [String] = []
    if !option.words.isEmpty {
      parts.append("words='\(option.words.joined(separator: " "))'")
      if option.isList { parts.append("separator=,") }
    }
    switch option.path {
    case .folder?: parts.append("paths=-d")
    case .file(endings: [])?: parts.append("paths=-f")
    case .file(let endings)?: parts.append("paths=-d endings='\(endings.joined(separator: " "))'")
    case nil: break
    }
    return parts.map { " " + $0 }.joined()
  }
}
