// Files replaced in one step: a crash at any moment leaves the old one or the new one.

import Foundation

/// Writes a file beside its place, syncs it, and renames it.
package enum AtomicFile {
  /// Replaces the file at `path` by one that holds `bytes`.
  ///
  /// - Throws: `FileError`, as `write(chunks:to:)` does.
  package static func write(
    _ bytes: some ContiguousBytes, to path: String
  ) throws(FileError) {
    try write(chunks: CollectionOfOne(bytes), to: path)
  }

  /// Replaces the file at `path` by one that holds the chunks, one after the other.
  ///
  /// A link is followed: the file it names is replaced and the link stays. What is not a regular file,
  /// for example `/dev/stdout` or a named pipe, is written to directly.
  ///
  /// - Throws: `FileError`; what was at `path` is then untouched, except when all that failed was
  ///   syncing the folder.
  package static func write(
    chunks: some Sequence<some ContiguousBytes>, to path: String
  ) throws(FileError) {
    try write(to: path) { put(chunks, into: $0) }
  }

  /// The same with chunks that are made one after the other, so that a large file needs memory for one of
  /// them only.
  ///
  /// - Parameters:
  ///   - header: what the file begins with.
  ///   - path: the file's.
  ///   - next: the next chunk, nil after the last one.
  /// - Throws: `FileError`, and whatever `next` throws; what was at `path` is then untouched, except when
  ///   all that failed was syncing the folder.
  package static func write(
    _ header: [UInt8], to path: String, next: () throws -> [UInt8]?
  ) throws {
    var failure: (any Error)?
    do {
      try write(to: path) { descriptor in
        do {
          var chunk: [UInt8]? = header
          while let part = chunk {
            let code = put(CollectionOfOne(part), into: descriptor)
            if code != 0 { return code }
            chunk = try next()
          }
          return 0
        } catch {
          failure = error
          return ECANCELED
        }
      }
    } catch {
      throw failure ?? error
    }
  }

  /// - Parameter put: writes the content into a descriptor; returns the `errno` of what failed, or 0.
  private static func write(
    to path: String, _ put: (_ descriptor: Int32) -> Int32
  ) throws(FileError) {
    switch try destination(of: path) {
    case .stream: try stream(put, to: path)
    case .file(let file): try replace(file, by: put, path: path)
    }
  }

  private enum Destination {
    /// A regular file, or none yet, at a path that is no link.
    case file(String)
    /// A device or a pipe: nothing that a rename could replace.
    case stream
  }

  /// As many links in a row as Linux follows.
  private static let linkLimit = 40

  private static func destination(of path: String) throws(FileError) -> Destination {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { return .stream }
    var file = path
    for _ in 0..<linkLimit {
      // A process's own streams are links too, but not to a name.
      if file.hasPrefix("/proc/") || file.hasPrefix("/dev/fd/") { return .stream }
      guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: file) else {
        return .file(file)
      }
      file = next.hasPrefix("/") ? next : folder(of: file) + next
    }
    throw FileError(path: path, .uncreatable(ELOOP))
  }

  /// Everything up to and with the last slash: "" for a name in the working folder.
  private static func folder(of file: String) -> String {
    let bytes = file.utf8
    return bytes.lastIndex(of: UInt8(ascii: "/")).map { String(Substring(bytes[...$0])) } ?? ""
  }
}

// MARK: - A stream

extension AtomicFile {
  private static func stream(
    _ put: (_ descriptor: Int32) -> Int32, to path: String
  ) throws(FileError) {
    // Appending, for standard output that the shell redirected into a file.
    let descriptor = uninterrupted { open(path, O_WRONLY | O_APPEND | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError(path: path, .uncreatable(errno)) }
    let code = put(descriptor)
    let closing = close(descriptor) == 0 ? 0 : errno
    if code != 0 || closing != 0 {
      throw FileError(path: path, .unwritable(code != 0 ? code : closing))
    }
  }
}

// MARK: - A file

extension AtomicFile {
  private static func replace(
    _ file: String, by put: (_ descriptor: Int32) -> Int32, path: String
  ) throws(FileError) {
    let folder = folder(of: file)
    let name = Substring(file.utf8.dropFirst(folder.utf8.count))
    guard !name.isEmpty else { throw FileError(path: path, .uncreatable(ENOENT)) }
    var old = stat()
    let isReplacing = stat(file, &old) == 0
    // A rename would pass over the write protection of the old file.
    if isReplacing, access(file, W_OK) != 0 { throw FileError(path: path, .uncreatable(errno)) }

    let temporary = "\(folder)\(AtomicFile.mark.before)\(name)\(AtomicFile.mark.behind)"
    let descriptor = openAlone(temporary)
    guard descriptor >= 0 else {
      let code = errno
      throw FileError(path: code == EEXIST ? temporary : path, .uncreatable(code))
    }
    defer { close(descriptor) }
    if isReplacing { fchmod(descriptor, old.st_mode & 0o7777) }

    var code = put(descriptor)
    if code == 0, uninterrupted({ fsync(descriptor) }) != 0 { code = errno }
    if code == 0, rename(temporary, file) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw FileError(path: path, .unwritable(code))
    }
    try sync(folder: folder.isEmpty ? "." : folder, path: path)
  }

  /// What the name of a temporary has round that of its file.
  private static let mark = (before: ".", behind: ".tmp")

  /// The most bytes of a file's name: what the system allows, with room for those of its temporary.
  package static let longestName = Int(NAME_MAX) - mark.before.utf8.count - mark.behind.utf8.count

  /// Opens the temporary, empty and locked, or returns a negative number and sets `errno`.
  ///
  /// Its name is always the same, so that the next write uses up what a killed process left
  /// behind; the lock keeps two writers of one file apart. What is there under that name and is no file, a
  /// pipe above all, is not waited for.
  private static func openAlone(_ temporary: String) -> Int32 {
    while true {
      let descriptor = uninterrupted {
        open(temporary, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
      }
      guard descriptor >= 0 else {
        // A pipe that nobody reads.
        if errno == ENXIO { errno = EEXIST }
        return descriptor
      }
      var opened = stat()
      if fstat(descriptor, &opened) == 0, opened.st_mode & S_IFMT != S_IFREG {
        close(descriptor)
        errno = EEXIST
        return -1
      }
      _ = uninterrupted { flock(descriptor, LOCK_EX) }
      var named = stat()
      // The writer before may have renamed the file that was opened here: then there is a new one.
      let isNamed =
        fstat(descriptor, &opened) == 0 && stat(temporary, &named) == 0
        && opened.st_ino == named.st_ino
      if isNamed, uninterrupted({ ftruncate(descriptor, 0) }) == 0 { return descriptor }
      let code = errno
      close(descriptor)
      errno = code
      if isNamed { return -1 }
    }
  }

  /// Makes the creation, renaming and removal of files in a folder durable; a folder that may not be
  /// opened, or cannot be synced, is left to the system.
  ///
  /// - Parameters:
  ///   - folder: the folder's path.
  ///   - path: the path to name in errors.
  /// - Throws: `FileError`.
  package static func sync(folder: String, path: String) throws(FileError) {
    let descriptor = uninterrupted { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if uninterrupted({ fsync(descriptor) }) != 0, errno != EINVAL {
      throw FileError(path: path, .unwritable(errno))
    }
  }
}

/// Writes all the chunks; the `errno` of what failed, or 0.
private func put(
  _ chunks: some Sequence<some ContiguousBytes>, into descriptor: Int32
) -> Int32 {
  for chunk in chunks {
    let code: Int32 = chunk.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let written = write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if written < 0 && errno != EINTR { return errno }
        done += max(written, 0)
      }
      return 0
    }
    if code != 0 { return code }
  }
  return 0
}
