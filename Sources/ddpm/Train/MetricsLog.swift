// A run's `metrics.jsonl`: appended to while it trains, cut back to the checkpoint it goes on from.

import Diffusion
import Foundation

/// A file of one JSON object per line.
package struct MetricsLog: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  /// Appends a record.
  ///
  /// - Throws: `FileError`.
  package func append(_ record: MetricsRecord) throws(FileError) {
    let descriptor = uninterrupted {
      open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    }
    guard descriptor >= 0 else { throw FileError(path: path, .uncreatable(errno)) }
    defer { close(descriptor) }
    let bytes = Array((record.line + "\n").utf8)
    // A line is far shorter than what a file system writes at once; less means that it is full.
    let written = uninterrupted {
      Int32(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) })
    }
    if written < 0 { throw FileError(path: path, .unwritable(errno)) }
    if written < bytes.count { throw FileError(path: path, .unwritable(ENOSPC)) }
  }

  /// Makes what was appended survive a power cut: to be called before a checkpoint that says that
  /// those steps are done.
  ///
  /// - Throws: `FileError`.
  package func sync() throws(FileError) {
    let descriptor = uninterrupted { open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if uninterrupted({ fsync(descriptor) }) != 0, errno != EINVAL {
      throw FileError(path: path, .unwritable(errno))
    }
  }

  /// Removes the records of steps after `step`, which are taken again, and what a crash tore.
  ///
  /// - Throws: `FileError`.
  package func cut(after step: Int) throws(FileError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let bytes = try readFile(path)
    // Torn is also a last line without its end: the next one would be appended to it.
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .dropLast()
    let kept = lines.filter { line in
      MetricsRecord.step(ofLine: line).map { $0 <= step } ?? false
    }
    let whole = Array(kept.joined(separator: [UInt8(ascii: "\n")]))
    let content = kept.isEmpty ? [] : whole + [UInt8(ascii: "\n")]
    if content != bytes { try AtomicFile.write(content, to: path) }
  }
}
