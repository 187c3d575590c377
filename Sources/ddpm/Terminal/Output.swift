// Checked writing to the standard streams: results to one, messages to the other.

import Diffusion
import Foundation

/// A standard stream, written without a buffer so that every failure is seen where it happens.
///
/// `print` loses its text and reports success on a full disk and on a closed stream.
package struct Output: Sendable {
  let descriptor: Int32
  private let name: String

  /// The stream with a descriptor, and how errors call it.
  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Standard output, for results.
  package static let results = Output(descriptor: STDOUT_FILENO, name: "standard output")
  /// Standard error, for progress and messages.
  package static let messages = Output(descriptor: STDERR_FILENO, name: "standard error")

  /// Writes the whole text.
  /// - Throws: `FileError` if the stream does not take it: full disk, closed pipe.
  package func write(_ text: String) throws(FileError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        waitUntilWritable()
      } else if errno != EINTR {
        throw FileError(path: name, .unwritable(errno))
      }
    }
  }

  /// Writes the text and a line end.
  /// - Throws: `FileError` if the stream does not take it.
  package func line(_ text: String) throws(FileError) { try write(text + "\n") }

  /// Writes what nobody is waiting for: a message that cannot be delivered is dropped.
  package func note(_ text: String) { try? write(text) }

  /// A terminal shared with a program that set it to non-blocking takes part of a text at a time.
  private func waitUntilWritable() {
    var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&stream, 1, -1)
  }

  /// Keeps files from being opened under the number of a standard stream that was closed
  /// (`ddpm ... >&-`), where results and messages would end up in them.
  package static func reserveStandardStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Sends all that this process says to nowhere: of a job's processes only one speaks.
  package static func silence() {
    let nowhere = open("/dev/null", O_WRONLY)
    for stream in [STDOUT_FILENO, STDERR_FILENO] { dup2(nowhere, stream) }
    close(nowhere)
  }

  /// Lets a write to a closed pipe fail instead of killing the program: for work that is to go on
  /// when nobody reads its messages any more.
  package static func surviveClosedPipes() {
    signal(SIGPIPE, SIG_IGN)
  }
}
