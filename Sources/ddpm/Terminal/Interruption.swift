// Ctrl-C and termination, noticed between two steps of long work.

import Foundation
import Synchronization

/// A request to stop. The first one lets the step in progress end; the second ends the program.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// From here on a first SIGINT or SIGTERM is only noted, until a second one arrives.
  static func watch() {
    received.store(0, ordering: .relaxed)
    // A parent may have blocked them, and children inherit that.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&signals, number)
      signal(number) { number in
        Interruption.received.store(number, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// How the program is to end, once it was asked to.
  static var exitCode: ExitCode? {
    switch received.load(ordering: .relaxed) {
    case SIGINT: .interrupted
    case SIGTERM: .terminated
    default: nil
    }
  }
}
