// Why a run's folder cannot be used.

import Diffusion

/// A folder that is not in the state a training needs.
package enum RunFolderError: Error, Equatable, CustomStringConvertible {
  /// A new training would replace a run.
  case occupied(path: String)
  /// A new training would replace parts of a run, such as a model, that none can go on with.
  case holdsParts(path: String)
  /// Another process trains in it.
  case busy(path: String)
  /// There is nothing to go on from.
  case empty(path: String)

  /// One line: what is there, and what to do.
  package var description: String {
    switch self {
    case .occupied(let path):
      "\(path.printable) holds a run already: go on with it by --resume, take another folder with"
        + " --out, or replace it with --overwrite"
    case .holdsParts(let path):
      "\(path.printable) holds parts of a run already, and no training to resume: take another folder with"
        + " --out, or replace them with --overwrite"
    case .busy(let path):
      "\(path.printable) is being trained by another process: wait for it, or take another folder"
        + " with --out"
    case .empty(let path):
      "\(path.printable) holds no training to resume (\(TrainingState.name)): begin one without"
        + " --resume, or name another folder with --out"
    }
  }
}
