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

  /// Whether two paths name one file, however they are spelled; links are not followed.
  package static func isSame(_ a: String, _ b: String) -> Bool {
    URL(filePath: a).standardizedFileURL == URL(filePath: b).standardizedFileURL
  }

  /// Whether there is a file or a folder of that path.
  package static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Whether there is a folder of that path.
  package static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
