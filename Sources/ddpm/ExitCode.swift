// The documented exit codes, and the one place that maps errors to them.

import Diffusion

/// How the program ends, after BSD's `sysexits.h` and the shells' codes for signals.
///
/// Thrown as an error it ends the program without a further message.
package enum ExitCode: Int32, Error, CaseIterable {
  case success = 0
  case usage = 64
  case invalidData = 65
  case missingInput = 66
  case unsupportedCPU = 69
  case failure = 70
  case cannotCreate = 73
  case inputOutput = 74
  case busy = 75
  case interrupted = 130
  case terminated = 143

  /// The code of an error.
  package init(_ error: any Error) {
    self =
      switch error {
      case let code as ExitCode: code
      case let error as RankError: error.code
      // Of one image it is the model's fault, of many the command line's.
      case SamplingError.memory(_, images: 1, _), SamplingError.operations, SamplingError.notFinite:
        .invalidData
      case is UsageError, is SamplingError, is ScheduleError, is ConfigurationError: .usage
      case is MissingInput: .missingInput
      case is ChannelError: .invalidData
      case RunFolderError.occupied, RunFolderError.holdsParts: .cannotCreate
      case RunFolderError.busy: .busy
      case RunFolderError.empty: .missingInput
      case is UnsupportedCPU: .unsupportedCPU
      case let error as FileError: ExitCode(error.reason)
      case let error as Obstacle: ExitCode(error.cause)
      default: .failure
      }
  }

  private init(_ reason: FileError.Reason) {
    self =
      switch reason {
      case .missing, .lacking: .missingInput
      case .invalid: .invalidData
      case .unreadable, .unwritable: .inputOutput
      case .uncreatable: .cannotCreate
      }
  }

  /// What the code means, for the help.
  package var meaning: String {
    switch self {
    case .success: "done"
    case .usage: "the command line is wrong"
    case .invalidData: "the data or the model is not what it should be"
    case .missingInput: "an input is missing"
    case .unsupportedCPU: "this CPU lacks what the build needs"
    case .failure: "a fault of ours, or a training that diverged"
    case .cannotCreate: "an output cannot be created"
    case .inputOutput: "reading or writing failed"
    case .busy: "the run's folder is in use"
    case .interrupted: "interrupted"
    case .terminated: "terminated"
    }
  }
}
