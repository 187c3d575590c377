// Creates the folders that files are written to.

import Foundation

/// Creates a folder and those above it, where they are missing.
///
/// - Throws: `FileError`, with the reason `uncreatable`.
package func createFolder(_ path: String) throws(FileError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw FileError(path: path, .uncreatable((error as? CocoaError)?.posixCode ?? EIO))
  }
}

extension CocoaError {
  /// The system's own number for what went wrong.
  fileprivate var posixCode: Int32? {
    (userInfo[NSUnderlyingErrorKey] as? POSIXError)?.code.rawValue
  }
}
