// A folder of its own for a test that writes files.

import Foundation

/// Runs `body` with the path of an empty folder that is removed afterwards.
package func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

extension [UInt8] {
  /// The content of a file.
  package init(file path: String) throws { self.init(try Data(contentsOf: URL(filePath: path))) }

  /// Writes the bytes to a file, in the simplest way.
  package func save(to path: String) throws { try Data(self).write(to: URL(filePath: path)) }
}
