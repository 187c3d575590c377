// The manual page: all of the tables is in it, and roff reads it as it is meant.

import Foundation
import Testing
import ddpm

@Suite struct ManualPageTests {
  static let lines = ManualPage.source.split(separator: "\n", omittingEmptySubsequences: false)
    .map(String.init)

  /// Text as a man page has it, for texts of the tables.
  private func escaped(_ text: String) -> String {
    [
      ("\\", "\\(rs"), ("-", "\\-"), ("'", "\\(aq"), ("\"", "\\(dq"), ("`", "\\(ga"),
      ("^", "\\(ha"), ("~", "\\(ti"),
    ].reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }

  /// The lines of a section, without its title.
  private func section(_ title: String) throws -> ArraySlice<String> {
    let start = try #require(Self.lines.firstIndex(of: ".SH \"\(title)\""), "\(title)")
    return Self.lines[(start + 1)...].prefix { !$0.hasPrefix(".SH ") }
  }

  @Test(arguments: Tool.commands.map { $0.name })
  func everyOptionIsInItsCommandsSectionUnderItsGroup(name: String) throws {
    let command = try #require(Tool.commands.first { $0.name == name })
    let section = try section(name.uppercased())
    for group in command.table.groups {
      let title = try #require(section.firstIndex(of: ".SS \"\(escaped(group.title))\""))
      let part = section[(title + 1)...].prefix { !$0.hasPrefix(".SS ") }
      #expect(part.count { $0 == ".TP" } == group.options.count)
      for option in group.options {
        let value = option.placeholder.map { " \\fI\(escaped($0))\\fR" } ?? ""
        let place = try #require(part.firstIndex(of: "\\fB\(escaped(option.flag))\\fR" + value))
        let shown = option.shownDefault.map { " (default: \($0))" } ?? ""
        #expect(part[place - 1] == ".TP" && part[place + 1] == escaped(option.help + shown))
      }
    }
    #expect(section.contains(escaped(command.abstract) + "."))
    #expect(try self.section("DESCRIPTION").contains(escaped(command.abstract) + "."))
  }

  @Test func theSectionsAreTheUsualOnesInTheirOrder() {
    let titles = Self.lines.filter { $0.hasPrefix(".SH ") }.map { $0.dropFirst(4).dropLast() }
      .map { $0.dropFirst() }
    let commands = Tool.commands.map { $0.name.uppercased()[...] }
    #expect(
      titles == ["NAME", "SYNOPSIS", "DESCRIPTION"] + commands + [
        "EXAMPLES", "EXIT STATUS", "SIGNALS", "FILES", "ENVIRONMENT",
      ])
    #expect(Self.lines[1] == #".TH "DDPM" "1" "" "ddpm \#(Tool.version)" "User Commands""#)
  }

  @Test func everyExampleAndExitCodeIsThere() throws {
    let examples = try section("EXAMPLES")
    for example in Tool.commands.flatMap({ $0.examples }) {
      let place = try #require(examples.firstIndex(of: "\\fB\(escaped(example.line))\\fR"))
      #expect(examples[place + 1] == escaped(example.purpose))
    }
    let codes = try section("EXIT STATUS")
    for code in ExitCode.allCases {
      let place = try #require(codes.firstIndex(of: "\\fB\(code.rawValue)\\fR"))
      #expect(codes[place + 1] == escaped(code.meaning))
    }
  }

  @Test func nothingIsTakenForAMacroOrAnEscapeThatIsNone() {
    let macros = ["TH", "SH", "SS", "TP", "PP", "br", "nh", "ad"]
    for line in Self.lines.dropFirst() {
      #expect(!line.hasPrefix("'"))
      if line.hasPrefix(".") {
        #expect(macros.contains(String(line.dropFirst().prefix { $0 != " " })), "\(line)")
      }
      let text = line.hasPrefix(".") ? line.drop { $0 != " " } : line[...]
      let known = text.replacing(
        /\\(\((rs|aq|dq|ga|ha|ti)|f[BIR]|-|&|\[u[0-9A-F]{4,6}\])/, with: "")
      #expect(!known.contains { "\\-'`^~".contains($0) } && known.allSatisfy(\.isASCII), "\(line)")
      #expect(line.count { $0 == "\\" } == 0 || line.ranges(of: "\\fR").count == fonts(line))
    }
  }

  /// How often a line leaves the ordinary font.
  private func fonts(_ line: String) -> Int {
    line.ranges(of: "\\fB").count + line.ranges(of: "\\fI").count
  }

  @Test(.enabled(if: installed("groff"), "no groff here")) func groffHasNoWarnings() throws {
    let result = try BuiltTool.shell("\"$0\" man | groff -man -Tutf8 -ww -z")
    #expect(result.code == 0 && result.messages.isEmpty, "\(result.messages)")
  }

  @Test(.enabled(if: installed("groff"), "no groff here"))
  func whatIsPrintedCanBeCopiedToAShell() throws {
    let result = try BuiltTool.shell("\"$0\" man | groff -man -Tutf8 -P-cbou -rLL=200n")
    let printed = Set(
      result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    for example in Tool.commands.flatMap({ $0.examples }) {
      #expect(printed.contains(example.line), "\(example.line)")
    }
  }

  @Test func thePageIsTheCommandsResult() throws {
    let result = try BuiltTool.run(["man"])
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(result.output == ManualPage.source)
  }
}
