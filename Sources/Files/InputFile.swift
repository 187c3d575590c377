// A regular file read front to back, with errors as `FileError`.

import Foundation

/// An open file; closed when it goes out of scope.
package struct InputFile: ~Copyable {
  /// The path as the user gave it.
  package let path: String
  /// How many bytes the file holds.
  package let size: Int
  private let descriptor: Int32

  /// How many bytes are read at a time.
  package static let chunk = 1 << 16

  /// Opens the file at `path`; not waiting (`O_NONBLOCK`) is for pipes, which are then refused.
  ///
  /// - Throws: `FileError` if it is missing, a folder, not a regular file, or not readable.
  package init(path: String) throws(FileError) {
    let descriptor = uninterrupted { open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
    guard descriptor >= 0 else {
      let code = errno
      throw FileError(path: path, code == ENOENT ? .missing : .unreadable(code))
    }
    var status = stat()
    let code = fstat(descriptor, &status) == 0 ? 0 : errno
    guard code == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      if code != 0 { throw FileError(path: path, .unreadable(code)) }
      if status.st_mode & S_IFMT == S_IFDIR { throw FileError(path: path, .unreadable(EISDIR)) }
      throw FileError(
        path: path, .invalid("is not a regular file; save its content in one and name that"))
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// The next bytes, at most `chunk` of them; none at the end of the file.
  package func next() throws(FileError) -> [UInt8] {
    var got = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: InputFile.chunk) { buffer, count in
      repeat {
        got = read(descriptor, buffer.baseAddress, InputFile.chunk)
      } while got < 0 && errno == EINTR
      count = max(got, 0)
    }
    guard got >= 0 else { throw FileError(path: path, .unreadable(errno)) }
    return bytes
  }
}
