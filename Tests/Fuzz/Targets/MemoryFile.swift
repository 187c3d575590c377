// Bytes at a path, for readers that take nothing else; they never reach a disk.

import Foundation

/// A nameless file in memory, gone when it goes out of scope.
struct MemoryFile: ~Copyable {
  private let descriptor: Int32

  init(_ bytes: [UInt8]) {
    let name = "\(MemoryFile.folder)/fuzz-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    demand(descriptor >= 0, "\(name) cannot be created: \(String(cString: strerror(errno)))")
    unlink(name)
    replace(bytes)
  }

  deinit { close(descriptor) }

  /// Opens the same file again, although it has no name.
  var path: String { "/proc/self/fd/\(descriptor)" }

  /// Puts other bytes in the place of those there were.
  func replace(_ bytes: [UInt8]) {
    let written = ftruncate(descriptor, 0) == 0 ? pwrite(descriptor, bytes, bytes.count, 0) : -1
    demand(written == bytes.count, "memory for \(bytes.count) bytes is missing")
  }

  private static let folder =
    FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
}
