// Command lines that are understood, and what they come to.

import Testing
import ddpm

@Suite struct ParserTests {
  static let size = Option<Int>("--size", "N", .integer(-5...5), default: 2, "a size")
  static let path = Option<String?>("--path", "FILE", .path, "a path")
  static let rate = Option<Double>("--rate", "X", .number(-1...1), default: 0.5, "a rate")
  static let on = Option<Bool>("--on", "a switch")
  static let table = OptionTable(.init("All", size, path, rate, on), exclusive: [[size, path]])

  @Test func absentOptionsHaveTheirDefaults() throws {
    let arguments = try Self.table.parse([])
    #expect(try arguments[Self.size] == 2)
    #expect(try arguments[Self.path] == nil)
    #expect(try arguments[Self.rate] == 0.5)
    #expect(try arguments[Self.on] == false)
    #expect(!arguments.has(Self.size))
  }

  @Test(arguments: [["--size", "4"], ["--size=4"], ["--size=4", "--"], ["--on", "--size", "4"]])
  func valuesFollowTheFlagOrItsEqualSign(words: [String]) throws {
    let arguments = try Self.table.parse(words)
    #expect(try arguments[Self.size] == 4)
    #expect(arguments.has(Self.size))
    #expect(try arguments[Self.on] == words.contains("--on"))
  }

  @Test(arguments: [["--size", "-3", "--rate", "-0.25"], ["--size=-3", "--rate=-2.5e-1"]])
  func negativeNumbersAreValues(words: [String]) throws {
    let arguments = try Self.table.parse(words)
    #expect(try arguments[Self.size] == -3)
    #expect(try arguments[Self.rate] == -0.25)
  }

  @Test(
    arguments: [
      (["--path", "a=b"], "a=b"), (["--path=a=b"], "a=b"), (["--path=--on"], "--on"),
      (["--path", "-"], "-"), (["--path", "\u{E9} 1"], "\u{E9} 1"),
    ])
  func pathsAreTakenAsTheyAre(words: [String], path: String) throws {
    #expect(try Self.table.parse(words)[Self.path] == path)
  }

  @Test func optionsThatExcludeEachOtherAreRefused() {
    #expect(throws: UsageError("--size and --path exclude each other; give one of --size, --path"))
    {
      try Self.table.parse(["--path", "x", "--size", "1"])
    }
  }
}
