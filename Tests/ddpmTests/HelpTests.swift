// The help and the tables it is printed from.

import Testing
import ddpm

@Suite struct HelpTests {
  static let names = Tool.commands.map { $0.name }

  @Test(arguments: names, [40, 60, 80, 200])
  func noLineIsWiderThanTheTerminal(name: String, width: Int) throws {
    let command = try #require(Tool.commands.first { $0.name == name })
    let help = Help(.plain, width: width)
    // Example lines are not broken: they are there to be copied.
    let examples = command.examples.map { "  \($0.line)" }
    for line in lines(help.text(for: command)) + lines(help.overview)
    where !line.hasPrefix("  ddpm ") {
      #expect(line.count <= width)
    }
    if width >= 80 { #expect(examples.allSatisfy { $0.count <= width }) }
  }

  @Test(arguments: names) func everyOptionAppearsWithItsDefault(name: String) throws {
    let command = try #require(Tool.commands.first { $0.name == name })
    let text = Help(.plain, width: 80).text(for: command)
    for option in command.table.options {
      let signature = [option.flag, option.placeholder].compactMap(\.self).joined(separator: " ")
      #expect(lines(text).contains { $0.hasPrefix("  \(signature) ") || $0 == "  \(signature)" })
      if let shown = option.shownDefault { #expect(text.contains("(default: \(shown))")) }
    }
  }

  @Test(arguments: names) func examplesComeFirstAndAreAccepted(name: String) throws {
    let command = try #require(Tool.commands.first { $0.name == name })
    #expect(command.examples.count >= 2)
    for example in command.examples {
      let words = example.line.split(separator: " ").map(String.init).prefix { $0 != ">" }
      #expect(words.prefix(2) == ["ddpm", name])
      #expect(throws: Never.self) { try Tool.request(Array(words.dropFirst())) }
    }
    let text = Help(.plain, width: 80).text(for: command)
    let first = try #require(text.range(of: "Examples:"))
    #expect(command.table.groups.allSatisfy { text[first.upperBound...].contains($0.title + ":") })
  }

  @Test func theOverviewNamesCommandsAndExitCodes() {
    let overview = lines(Help(.plain, width: 80).overview)
    for name in Self.names { #expect(overview.contains { $0.hasPrefix("  \(name) ") }) }
    for code in ExitCode.allCases {
      #expect(overview.contains { $0.hasPrefix("  \(code.rawValue) ") })
    }
  }

  @Test func headingsAreSetOffOnlyWhereThereIsColour() {
    let terminal = Terminal(descriptor: -1, isTerminal: true, environment: [:])
    #expect(Help(terminal, width: 80).overview.contains("\u{1B}[1mExamples:\u{1B}[0m"))
    #expect(!Help(.plain, width: 80).overview.contains("\u{1B}"))
  }

  private func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
