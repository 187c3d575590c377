// The lock that keeps two trainings out of one folder.

import Diffusion
import Foundation

/// A locked file; the system unlocks it when the process ends, however it ends.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// Locks the file at `path`, which is created if need be and never removed: whoever waits for a
  /// removed file's lock would share it with nobody.
  ///
  /// - Parameter folder: the run's folder, for the error.
  /// - Throws: `RunFolderError.busy` where another process has it; `FileError`.
  init(_ path: String, folder: String) throws {
    descriptor = uninterrupted { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
    guard descriptor >= 0 else { throw FileError(path: path, .uncreatable(errno)) }
    // Other failures are those of file systems without locks, where a run is still possible.
    if uninterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0, errno == EWOULDBLOCK {
      throw RunFolderError.busy(path: folder)
    }
  }

  deinit {
    // A process that another thread is just starting has a copy of the descriptor until it runs its
    // program: closing alone would leave the file locked until then.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
