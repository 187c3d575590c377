// System calls as this program wants them: tried again after a signal, listings with their errors.

import Foundation

/// Repeats a system call that a signal interrupted: network file systems do that, whatever `signal` says.
///
/// - Parameter call: returns a negative number and sets `errno` where it fails.
package func uninterrupted(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// The same for a call that returns nothing where it fails.
package func uninterrupted<Value>(_ call: () -> Value?) -> Value? {
  while true {
    let result = call()
    if result != nil || errno != EINTR { return result }
  }
}

extension Path {
  /// The names in a folder, in their order; none where there is no folder.
  ///
  /// - Throws: `FileError` where it cannot be listed: what is in it is then not known, and not nothing.
  package static func entries(of folder: String) throws(FileError) -> [String] {
    let path = folder.isEmpty ? "." : folder
    guard isFolder(path) else { return [] }
    guard let listing = uninterrupted({ opendir(path) }) else {
      throw FileError(path: folder, .unreadable(errno))
    }
    defer { closedir(listing) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(listing) else { break }
      // In place: the record ends behind its name, and a copy would read the whole field.
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FileError(path: folder, .unreadable(errno)) }
    return names.sorted()
  }
}
