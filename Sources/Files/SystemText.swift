// Texts that the system makes while they are read, in /proc and of control groups.

/// Such a text as a whole; nil where there is none.
///
/// - Parameter path: a file that may say it has no bytes, and has some.
package func systemText(_ path: String) -> String? {
  guard let file = try? InputFile(path: path) else { return nil }
  var bytes: [UInt8] = []
  while let chunk = try? file.next() {
    if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
    bytes += chunk
  }
  return nil
}
