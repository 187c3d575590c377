// The bytes of a file a user names, or a sentence why not.

/// Reads a regular file as a whole.
///
/// - Parameters:
///   - path: the file.
///   - limit: the most bytes such a file may have; a longer one is refused before it is read.
/// - Throws: `FileError` when it is missing, not a regular file, too long, longer than memory or
///   unreadable.
package func readFile(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
  let file = try InputFile(path: path)
  guard file.size <= limit else {
    throw FileError(
      path: path, .invalid("has \(file.size) bytes; more than \(limit) cannot be right"))
  }
  try AvailableMemory.check(file.size, of: path)
  var bytes: [UInt8] = []
  bytes.reserveCapacity(file.size)
  while true {
    let chunk = try file.next()
    if chunk.isEmpty { return bytes }
    bytes += chunk
  }
}
