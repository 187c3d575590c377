// The program: which command the words name, and how it ends.

import Diffusion
import Foundation
import Ranks

/// The program `ddpm`.
package enum Tool {
  package static let version = "0.1.0"
  /// What the program does, in one sentence without a full stop.
  package static let summary =
    "Trains, samples and evaluates denoising diffusion models on the CPU"
  package static let commands: [any Command.Type] = [
    TrainCommand.self, SampleCommand.self, DistillCommand.self, EditCommand.self,
    ForwardCommand.self, EvaluateCommand.self, DoctorCommand.self, CompletionsCommand.self,
    ManCommand.self,
  ]

  /// The processes of this job.
  package static let ranks = Job.join()

  /// What a command line asks for.
  package enum Request {
    case overview
    case help(any Command.Type)
    case version
    case run(any Command)
  }

  /// Carries out the command line; every error ends here, as one line on standard error.
  ///
  /// - Parameter arguments: the program's name, and the words after it.
  package static func main(_ arguments: [String]) -> ExitCode {
    Output.reserveStandardStreams()
    Interruption.outliveOthers()
    let code = carryOut(arguments)
    Job.leave(ranks)
    return code
  }

  private static func carryOut(_ arguments: [String]) -> ExitCode {
    if !ranks.isFirst { Output.silence() }
    do {
      // Where /proc is missing Swift knows not even the program's name.
      guard !arguments.isEmpty else {
        throw FileError(path: "/proc/self", .unreadable(ENOENT))
      }
      // Bytes that are no text have become U+FFFD, and would name another file.
      if let word = arguments.dropFirst().first(where: { $0.contains("\u{FFFD}") }) {
        throw UsageError("\"\(word)\" is not UTF-8 text: rename the file")
      }
      try perform(Array(arguments.dropFirst()))
      return .success
    } catch {
      if !(error is ExitCode) {
        Output.messages.note(line(for: error, on: .messages) + "\n")
      }
      return ExitCode(error)
    }
  }

  /// What the user reads about an error: one line, whatever texts from outside it quotes.
  package static func line(for error: any Error, on terminal: Terminal) -> String {
    let words = [String(describing: error), WayOut.words(for: error)].compactMap(\.self)
    return terminal.paint("ddpm:", .red) + " " + words.joined(separator: ": ").printable
  }

  private static func perform(_ words: [String]) throws {
    let help = Help(Terminal.results)
    switch try request(words) {
    case .overview: try Output.results.write(help.overview)
    case .help(let command): try Output.results.write(help.text(for: command))
    case .version: try Output.results.line(versionLine)
    case .run(let command):
      // What is not shared is rank 0's to do.
      guard ranks.isFirst || type(of: command).isShared else { return }
      let check = { if type(of: command).runsKernels { try Platform.check() } }
      if type(of: command).isShared { try ranks.together(check) } else { try check() }
      try command.run()
    }
  }

  /// Reads the command line.
  /// - Throws: `UsageError` if it cannot be carried out.
  package static func request(_ words: [String]) throws(UsageError) -> Request {
    guard let first = words.first else {
      throw UsageError("a command is missing: \(commandList); ddpm --help explains them")
    }
    let rest = Array(words.dropFirst())
    switch first {
    case "--help", "-h": return .overview
    case "--version" where rest.isEmpty: return .version
    case "--version": throw UsageError("--version stands alone")
    case "help":
      guard rest.count < 2 else { throw UsageError("help takes one command: \(commandList)") }
      guard let name = rest.first, !["help", "--help", "-h"].contains(name) else {
        return .overview
      }
      return .help(try command(name))
    default:
      let command = try command(first)
      if rest.prefix(while: { $0 != "--" }).contains(where: { ["--help", "-h"].contains($0) }) {
        return .help(command)
      }
      return .run(try command.init(command.table.parse(rest)))
    }
  }

  private static func command(_ name: String) throws(UsageError) -> any Command.Type {
    if let command = commands.first(where: { $0.name == name }) { return command }
    guard !commands.contains(where: { $0.table.flags.contains(name.flagPart) }) else {
      throw UsageError("\(name.flagPart) comes after a command: \(commandList)")
    }
    let names = commands.map { $0.name } + ["help"]
    let words = name.hasPrefix("-") ? ["--help", "--version"] : names
    let hint = nearest(to: name, among: words).map { "did you mean \($0)?" }
    throw UsageError(
      "unknown command \"\(name)\"; \(hint ?? "the commands are \(commandList)")")
  }

  private static var commandList: String {
    commands.map { $0.name }.joined(separator: ", ")
  }

  /// The version and the CPU features of the build.
  package static var versionLine: String {
    let features = Platform.requiredFeatures.map { " \($0)" }.joined(separator: ",")
    let needs = features.isEmpty ? "" : "; needs" + features
    return "ddpm \(version) (\(Platform.instructionSet)\(needs))"
  }
}

extension String {
  /// A flag without the value that `=` attaches to it.
  fileprivate var flagPart: String { String(prefix { $0 != "=" }) }
}
