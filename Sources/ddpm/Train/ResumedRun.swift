// `ddpm train --resume`: a run as its folder has it, and what a command line may change about it.

import Diffusion

/// A run that is to go on: its folder, locked, its state, and the command that it now is.
struct ResumedRun {
  let folder: RunFolder
  let command: TrainCommand
  private let state: TrainingState

  /// Opens the run that a command names and completes the command by the run's settings.
  ///
  /// - Throws: `RunFolderError` where there is none or it is in use; `UsageError` for a flag that
  ///   contradicts it; `FileError` for a state that cannot be read.
  init(_ command: TrainCommand) throws {
    folder = try RunFolder(command.settings.out, existing: .resumed)
    state = try TrainingState(folder: folder.path)
    let (settings, arguments) = (state.record.settings, command.arguments)
    try arguments.require(
      settings, for: TrainCommand.fixed, of: "the run in \(folder.path.printable)")
    do {
      self.command = try TrainCommand(
        arguments.completed(by: settings, in: TrainCommand.table))
    } catch {
      throw FileError(
        path: TrainingState.path(in: folder.path),
        .invalid("is of another version of this program: \(error)"))
    }
  }

  /// What to do where the run's data are no longer where they were.
  static let waysOut = "the run was begun with these images: say with --data where they are now"

  /// Sets a trainer to where the run was and returns how many seconds it took to get there.
  ///
  /// - Parameters:
  ///   - data: what identifies the data at hand.
  ///   - name: what the user calls them.
  /// - Throws: `FileError` for other data than the run's, or a state of another network.
  func restore(_ trainer: Trainer, data: String, name: String) throws(FileError) -> Double {
    guard data == state.record.data else {
      throw FileError(
        path: name,
        .invalid(
          "holds other images (\(data)) than this run was begun with (\(state.record.data)): name"
            + " those with --data, or begin another run with --out"))
    }
    try trainer.restore(state)
    return state.record.seconds
  }
}

extension TrainCommand {
  /// What a later command line may give anew: it does not change what a step does.
  private static let changeable: [any AnyOption] = [
    CommonOptions.data, steps, epochs, minutes, CommonOptions.threads, sampleEvery, saveEvery,
    keepEvery,
  ]
  /// What belongs to a command line and not to the run.
  private static let momentary: [any AnyOption] = [out, resume, overwrite, CommonOptions.quiet]

  /// What stays as the run was begun.
  fileprivate static var fixed: [any AnyOption] { options(without: changeable + momentary) }

  private static func options(without others: [any AnyOption]) -> [any AnyOption] {
    let flags = Set(others.map(\.flag))
    return table.options.filter { !flags.contains($0.flag) }
  }

  /// What the run's folder keeps of the command line, with the numbers that were left to the
  /// library and the default budget, which another version may choose differently.
  func record(_ options: TrainingOptions) throws(UsageError) -> [String: String] {
    typealias Train = TrainCommand
    var record = try arguments.record(of: Train.options(without: Train.momentary))
    record[Train.batch.flag] = Train.batch.format.write(options.batch)
    record[Train.learningRate.flag] = Train.learningRate.format.write(options.learningRate)
    record[Train.clip.flag] = Train.clip.format.write(options.clip)
    if case .epochs(let epochs) = settings.budget {
      record[Train.epochs.flag] = Train.epochs.format.write(epochs)
    }
    return record
  }
}
