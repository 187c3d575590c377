// Launches the program that was built beside the tests.

import Foundation

/// The built program.
enum BuiltTool {
  /// How a run ended and what it wrote.
  struct Result {
    let code: Int32
    let output: String
    let messages: String
  }

  /// Where it is.
  static let program: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    return folder.appending(path: "ddpm")
  }()

  /// Runs the program with arguments, with no terminal, and a cache folder of the tests' own.
  static func run(_ words: [String]) throws -> Result {
    try launch(program, words)
  }

  /// Runs a line of shell in which `"$0"` is the program. What it runs in the background ignores SIGINT, as
  /// a shell has it without job control: `set -m` before it.
  static func shell(_ line: String) throws -> Result {
    try launch(URL(filePath: "/bin/bash"), ["-c", line, program.path])
  }

  /// Where the repository is that the tests were built in.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Among what the build made, so that no test writes into the user's.
  private static let cache = program.deletingLastPathComponent().appending(path: "tests-cache")

  private static func launch(_ program: URL, _ words: [String]) throws -> Result {
    let process = Process()
    let output = Pipe()
    let messages = Pipe()
    process.executableURL = program
    process.arguments = words
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["XDG_CACHE_HOME": cache.path]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = messages
    try process.run()
    // The messages are a line or so and fit in the pipe while the output is read.
    let texts = try [output, messages].map {
      String(decoding: try $0.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
    process.waitUntilExit()
    return Result(code: process.terminationStatus, output: texts[0], messages: texts[1])
  }
}
