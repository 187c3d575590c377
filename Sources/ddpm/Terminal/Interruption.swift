// Ctrl-C and termination, noticed between two steps of long work.

import Foundation
import Synchronization

/// A request to stop. The first one lets the step in progress end, and says so on a terminal; the
/// second ends the program.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// From here on the first SIGINT, SIGTERM or SIGHUP is only noted, and a second one, of
  /// whichever kind, ends the program.
  static func watch() {
    received.store(0, ordering: .relaxed)
    // A parent may have blocked them, and children inherit that.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&signals, number)
      let before = signal(number, SIG_IGN)
      // Whoever starts a program with nohup wants it to outlive the terminal.
      if number == SIGHUP && isIgnoring(before) { continue }
      signal(number) { number in
        let error = errno
        Interruption.received.store(number, ordering: .relaxed)
        // One by one: a signal's handler must not allocate a list.
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        signal(SIGHUP, SIG_DFL)
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
