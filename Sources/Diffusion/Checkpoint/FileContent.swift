// The bytes of a file a user names, or a sentence why not.

import Foundation

/// Reads a regular file as a whole.
///
/// - Parameters:
///   - path: the file.
///   - limit: the most bytes such a file may have; a longer one is refused before it is read.
/// - Throws: `FileError` when it is missing, no regular file, too long or unreadable.
package func readFile(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
  // Without O_NONBLOCK opening a pipe would wait for a writer.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else {
    throw FileError(path: path, errno == ENOENT ? .missing : .unreadable(errno))
  }
  let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, .unreadable(errno)) }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw FileError(path: path, .invalid("is not a file of bytes but a folder or device"))
  }
  guard status.st_size <= limit else {
    throw FileError(
      path: path, .invalid("has \(status.st_size) bytes; more than \(limit) cannot be right"))
  }
  do {
    return try handle.readToEnd().map(Array.init) ?? []
  } catch {
    throw FileError(path: path, .unreadable(errno))
  }
}
