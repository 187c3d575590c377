// The program as a process: what it writes where, and the code it ends with.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct ToolTests {
  @Test(arguments: [["--help"], ["-h"], ["help"]])
  func helpIsAResult(words: [String]) throws {
    let result = try BuiltTool.run(words)
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(result.output == Help(.plain, width: 80).overview)
  }

  @Test(
    arguments: [
      ["train", "--help"], ["help", "train"], ["train", "-h", "--bogus"],
      ["train", "--seed", "--help"],
    ])
  func aCommandsHelpWinsOverWhatElseIsThere(words: [String]) throws {
    let result = try BuiltTool.run(words)
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(result.output == Help(.plain, width: 80).text(for: TrainCommand.self))
  }

  @Test func theVersionIsOneLine() throws {
    let result = try BuiltTool.run(["--version"])
    #expect(result.code == 0 && result.output == Tool.versionLine + "\n")
    #expect(result.output.hasPrefix("ddpm 0.1.0 (\(Platform.instructionSet)"))
    #expect(Platform.requiredFeatures.allSatisfy { result.output.contains(" \($0)") })
  }

  /// Some of every kind; all of them are refused within the tests' own process.
  static let someWrongLines = stride(from: 0, to: WrongLine.all.count, by: 9).map {
    WrongLine.all[$0]
  }

  @Test(arguments: someWrongLines)
  func wrongLinesEndWithOneLineAndCode64(wrong: WrongLine) throws {
    let result = try BuiltTool.run(wrong.words)
    #expect(result.code == 64 && result.output.isEmpty)
    #expect(result.messages.hasPrefix("ddpm: ") && result.messages.contains(wrong.fragment))
    #expect(result.messages.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full here"),
    arguments: ["--help", "--version", "help sample"])
  func resultsThatDoNotFitTheDiskAreAnError(words: String) throws {
    let result = try BuiltTool.shell("\"$0\" \(words) > /dev/full")
    #expect(result.code == 74)
    #expect(
      result.messages == "ddpm: standard output: cannot be written: No space left on device\n")
  }

  @Test func aClosedOutputIsAnErrorAndAClosedErrorIsNone() throws {
    let noOutput = try BuiltTool.shell("\"$0\" --version >&-")
    #expect(noOutput.code == 74 && noOutput.messages.hasPrefix("ddpm: standard output: "))
    #expect(try BuiltTool.shell("\"$0\" --version 2>&-").code == 0)
    #expect(try BuiltTool.shell("\"$0\" --bogus 2>&-").code == 64)
  }
}
