// Paths put together and taken apart, as texts: what the user wrote stays as it was written.
//
// They are taken apart by scalars: a name that begins with an accent is one character with the slash before.

import Foundation

/// Names of files and folders.
package enum Path {
  /// The path of what lies in a folder.
  ///
  /// - Parameters:
  ///   - folder: the folder's path, with or without a slash at its end; empty for the working folder.
  ///   - name: a name, or a path below the folder.
  package static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// The folder that a path's last name lies in; `.` is the working folder.
  package static func parent(of path: String) -> String {
    let named = path.unicodeScalars.reversed().drop { $0 == "/" }
    guard !named.isEmpty else { return path.isEmpty ? "." : "/" }
    let above = named.drop { $0 != "/" }
    guard !above.isEmpty else { return "." }
    let folder = above.drop { $0 == "/" }
    return folder.isEmpty ? "/" : String(String.UnicodeScalarView(folder.reversed()))
  }

  /// Whether two paths name one file, however they are spelled, and whatever links lead there.
  package static func isSame(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    if stat(a, &first) == 0, stat(b, &second) == 0 {
      return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }
    return URL(filePath: a).standardizedFileURL == URL(filePath: b).standardizedFileURL
  }

  /// Whether a path lies in a folder, or in one of its folders.
  package static func isBelow(_ path: String, _ folder: String) -> Bool {
    func names(_ path: String) -> [String] {
      URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.pathComponents
    }
    let (inner, outer) = (names(path), names(folder))
    return inner.count > outer.count && inner.starts(with: outer)
  }

  /// Whether there is something of that path, or it cannot be told: opening it then says why.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 || errno != ENOENT && errno != ENOTDIR
  }

  /// Makes sure that there is something of that path.
  ///
  /// - Throws: `FileError`, with the reason `missing` where there is nothing.
  package static func check(_ path: String) throws(FileError) {
    var status = stat()
    guard stat(path, &status) != 0 else { return }
    let code = errno
    throw FileError(
      path: path, code == ENOENT || code == ENOTDIR ? .missing : .unreadable(code))
  }

  /// Whether there is a folder of that path.
  package static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
