// The help, printed from the same tables that parse the command line.

/// Help texts laid out for a width.
package struct Help {
  private let terminal: Terminal
  private let width: Int

  /// Longer lines are hard to read, on however wide a window.
  private static let widest = 100
  /// Narrower than this, words no longer fit beside the flags.
  private static let narrowest = 40
  /// The most columns a flag takes before the words beside it.
  private static let widestName = 30

  /// Help for a terminal, as wide as it is and as `widest`.
  package init(_ terminal: Terminal) {
    self.init(terminal, width: terminal.width)
  }

  package init(_ terminal: Terminal, width: Int) {
    self.terminal = terminal
    self.width = min(max(width, Self.narrowest), Self.widest)
  }

  /// What `ddpm --help` prints.
  package var overview: String {
    let more = [
      Entry("ddpm COMMAND --help", "the command's options"),
      Entry("ddpm --version", "the version and the CPU features of the build"),
    ]
    return joined([
      wrap(Tool.summary + ".", indent: 0), ["Usage: ddpm COMMAND [OPTIONS]"],
      section("Examples", Tool.commands.compactMap { $0.examples.first }.flatMap(example)),
      section("Commands", Tool.commands.map { Entry($0.name, $0.abstract) }),
      section("More", more),
      section("Exit codes", ExitCode.allCases.map { Entry("\($0.rawValue)", $0.meaning) }),
    ])
  }

  /// What `ddpm COMMAND --help` prints.
  package func text(for command: any Command.Type) -> String {
    let column = column(for: command.table.options.map(Entry.init))
    let groups = command.table.groups.map { group in
      section(group.title, lines(of: group.options.map(Entry.init), column: column))
    }
    return joined(
      [
        wrap(command.abstract + ".", indent: 0), ["Usage: " + usage(of: command)],
        section("Examples", command.examples.flatMap(example)),
      ] + groups)
  }

  private func usage(of command: any Command.Type) -> String {
    let operand = command.table.operand?.placeholder
    let options = command.table.options.isEmpty ? nil : "[OPTIONS]"
    return ["ddpm", command.name, operand, options].compactMap(\.self).joined(separator: " ")
  }

  private func example(_ example: Example) -> [String] {
    ["  \(example.line)"] + wrap(example.purpose, indent: 6)
  }

  private func section(_ title: String, _ entries: [Entry]) -> [String] {
    section(title, lines(of: entries, column: column(for: entries)))
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    [terminal.paint(title + ":", .bold)] + lines
  }

  private func joined(_ paragraphs: [[String]]) -> String {
    paragraphs.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }
}

// MARK: - Names with explanations beside them

extension Help {
  /// A name and what it means.
  private struct Entry {
    let name: String
    /// Words that a line may end after.
    let words: [String]

    init(_ name: String, _ explanation: String) {
      self.name = name
      words = explanation.split(separator: " ").map(String.init)
    }

    /// An option with its placeholder, and its default, which stays on one line.
    init(_ option: any AnyOption) {
      name = [option.flag, option.placeholder].compactMap(\.self).joined(separator: " ")
      let help = option.help.split(separator: " ").map(String.init)
      words = help + (option.shownDefault.map { ["(default: \($0))"] } ?? [])
    }
  }

  /// Where the explanations begin: two columns after the longest name.
  private func column(for entries: [Entry]) -> Int {
    let longest = entries.map(\.name.count).max() ?? 0
    return min(longest + 4, Self.widestName, width / 2)
  }

  private func lines(of entries: [Entry], column: Int) -> [String] {
    entries.flatMap { entry in
      let lines = wrap(entry.words, indent: column)
      let start = "  " + entry.name
      guard start.count + 2 <= column, let first = lines.first else { return [start] + lines }
      return [start + first.dropFirst(start.count)] + lines.dropFirst()
    }
  }

  private func wrap(_ text: String, indent: Int) -> [String] {
    wrap(text.split(separator: " ").map(String.init), indent: indent)
  }

  /// The words in lines no wider than the help, each indented.
  private func wrap(_ words: [String], indent: Int) -> [String] {
    let room = width - indent
    return words.flatMap { $0.count > room ? $0.split(separator: " ").map(String.init) : [$0] }
      .wrapped(to: room).map { String(repeating: " ", count: indent) + $0 }
  }
}
