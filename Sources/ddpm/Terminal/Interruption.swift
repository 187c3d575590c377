// Ctrl-C and termination, noticed between two steps of long work.

import Foundation
import Synchronization

/// A request to stop. The first one lets the step in progress end, and says so on a terminal; the
/// second ends the program.
enum Interruption {
  private static let received = Atomic<Int32>(0)
  private static let isSavingAsked = Atomic(false)

  /// Keeps signals that would kill from doing so where they are no request to stop: SIGUSR1 asks a
  /// training to save, and a file that grows beyond its limit (SIGXFSZ) is an error of writing.
  static func outliveOthers() {
    for number in [SIGUSR1, SIGXFSZ] { signal(number, SIG_IGN) }
  }

  /// From here on SIGUSR1 asks for saving.
  static func watchForSaving() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGUSR1)
    signal(SIGUSR1) { _ in Interruption.isSavingAsked.store(true, ordering: .relaxed) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Whether saving was asked for since the last time this was called.
  static func takeSavingRequest() -> Bool {
    isSavingAsked.exchange(false, ordering: .relaxed)
  }

  /// From here on the first SIGINT, SIGTERM or SIGHUP is only noted, and a second one, of
  /// whichever kind, ends the program. One that the parent ignores stays ignored: nohup, and what a shell
  /// without job control runs in the background, are to outlive the terminal.
  static func watch() {
    received.store(0, ordering: .relaxed)
    // A parent may have blocked them, and children inherit that.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&signals, number)
      let before = signal(number, SIG_IGN)
      if isIgnoring(before) { continue }
      signal(number) { number in
        let error = errno
        Interruption.received.store(number, ordering: .relaxed)
        // One by one: a signal's handler must not allocate a list.
        Interruption.end(at: SIGINT)
        Interruption.end(at: SIGTERM)
        Interruption.end(at: SIGHUP)
        if isatty(STDERR_FILENO) == 1 {
          let text: StaticString =
            "\nddpm: stopping after this step; a second Ctrl-C ends at once\n"
          _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        }
        errno = error
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Lets a signal end the program, unless it is ignored.
  private static func end(at number: Int32) {
    if isIgnoring(signal(number, SIG_DFL)) { signal(number, SIG_IGN) }
  }

  private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// How the program is to end, once it was asked to.
  static var exitCode: ExitCode? {
    switch received.load(ordering: .relaxed) {
    case SIGINT: .interrupted
    case SIGTERM, SIGHUP: .terminated
    default: nil
    }
  }
}
