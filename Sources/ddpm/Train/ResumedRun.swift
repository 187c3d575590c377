// `--resume`: a run as its folder has it, and what a command line may change about it.

import Diffusion
import Ranks

/// A command whose run can be gone on with.
protocol ResumableCommand: Command {
  init(_ arguments: Arguments) throws(UsageError)
  var arguments: Arguments { get }
  /// The run's folder.
  var out: String { get }
  /// What a later command line may give anew: it does not change what a step does.
  static var changeable: [any AnyOption] { get }
  /// What belongs to a command line and not to the run.
  static var momentary: [any AnyOption] { get }
  /// The settings of a run, as this version of the program would have kept them.
  ///
  /// - Throws: `FileError` for the run of another command.
  static func settings(of state: TrainingState, in folder: String) throws(FileError)
    -> [String: String]
}

extension ResumableCommand {
  /// What stays as the run was begun.
  static var fixed: [any AnyOption] { options(without: changeable + momentary) }

  /// What the run's folder keeps.
  static var kept: [any AnyOption] { options(without: momentary) }

  /// Begins a run, or goes on with one.
  ///
  /// - Parameters:
  ///   - existing: what becomes of a run that is there already.
  ///   - work: the command to carry out, the run it goes on with, and when it began.
  func begin(
    _ existing: RunFolder.Existing,
    _ work: (Self, ResumedRun<Self>?, ContinuousClock.Instant) throws -> Void
  ) throws {
    let start = ContinuousClock.now
    // A training goes on when nobody reads its messages any more.
    Output.surviveClosedPipes()
    let ranks = Tool.ranks
    let run = try ranks.together {
      // Reading or drawing the data takes a while; a folder that cannot be used is said before it.
      if ranks.isFirst { try RunFolder.require(existing, at: out) }
      return existing == .resumed ? try ResumedRun(self, isLocked: ranks.isFirst) : nil
    }
    try work(run?.command ?? self, run, start)
  }

  private static func options(without others: [any AnyOption]) -> [any AnyOption] {
    let flags = Set(others.map(\.flag))
    return table.options.filter { !flags.contains($0.flag) }
  }
}

/// A run that is to go on: its folder, its state, and the command that it now is.
struct ResumedRun<Resumed: ResumableCommand> {
  /// The folder's path.
  let path: String
  /// The folder, locked, of the process that writes there.
  let folder: RunFolder?
  let command: Resumed
  private let state: TrainingState

  /// Opens the run that a command names and completes the command by the run's settings.
  ///
  /// - Parameter isLocked: whether this process is to write there.
  /// - Throws: `RunFolderError` where there is none or it is in use; `UsageError` for a flag that
  ///   contradicts it; `FileError` for a state that cannot be read.
  init(_ command: Resumed, isLocked: Bool) throws {
    path = command.out
    folder = isLocked ? try RunFolder(path, existing: .resumed) : nil
    state = try TrainingState(folder: path)
    let settings = try Resumed.settings(of: state, in: path)
    let arguments = command.arguments
    try arguments.require(settings, for: Resumed.fixed, of: "the run in \(path.printable)")
    do {
      self.command = try Resumed(arguments.completed(by: settings, in: Resumed.table))
    } catch {
      throw FileError(
        path: TrainingState.path(in: path),
        .invalid("is of another version of this program: \(error)"))
    }
  }

  /// Sets a training to where the run was and returns how many seconds it took to get there.
  ///
  /// - Parameters:
  ///   - data: what identifies the data at hand, in one of several ways.
  ///   - name: what the user calls them.
  /// - Throws: `FileError` for other data than the run's, or a state of another network.
  func restore(
    _ training: any TrainingCourse, data: [String], name: String
  ) throws(FileError) -> Double {
    guard data.contains(state.record.data) else {
      throw FileError(
        path: name,
        .invalid(
          "holds other images or labels (\(data[0])) than this run was begun with (\(state.record.data)): name"
            + " those with --data, or begin another run with --out"))
    }
    try training.restore(state)
    return state.record.seconds
  }
}

extension DataSettings {
  /// What to do where a run's data are no longer where they were.
  static let resumedWaysOut =
    "the run was begun with these images: say with --data where they are now"
}
