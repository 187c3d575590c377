// The memory that this process may have, and what the content of a file may take of it.

import Foundation

/// The memory that this process may have.
package enum AvailableMemory {
  /// In bytes: the machine's, or less where its control groups have less or its addresses are limited
  /// (`ulimit -v`).
  package static let bytes = min(
    Int(clamping: ProcessInfo.processInfo.physicalMemory), ControlGroups.own.memory ?? .max,
    addressLimit(limits: "/proc/self/limits", taken: "/proc/self/statm") ?? .max)

  /// Of each byte of memory so many addresses are taken: mappings begin at huge pages, and threads and
  /// allocators reserve some.
  private static let addressesPerByte = 2

  /// The memory that Linux's limit on addresses leaves beside those that are taken; nil for no limit.
  ///
  /// - Parameters:
  ///   - limits: the file with a line "Max address space", its limit and the highest one there may be.
  ///   - taken: the file that begins with the pages that are taken.
  package static func addressLimit(limits: String, taken: String) -> Int? {
    let name = "Max address space"
    let line = systemText(limits)?.split(separator: "\n").first { $0.hasPrefix(name) }
    guard let limit = line?.dropFirst(name.count).split(separator: " ").first.flatMap({ Int($0) })
    else { return nil }
    let pages = systemText(taken)?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return max(0, limit - pages * Int(getpagesize())) / addressesPerByte
  }

  /// How often a file's content is there at once: as it was read, and what is made of it.
  private static let copies = 2

  /// Makes sure that a file's content can be held, before memory is taken for it.
  ///
  /// - Parameters:
  ///   - count: the bytes of the content; nil for more than can be counted.
  ///   - path: the file, or folder of files.
  /// - Throws: `FileError`.
  package static func check(_ count: Int?, of path: String) throws(FileError) {
    let needed = [count ?? .max, copies].checkedProduct ?? .max
    guard needed > bytes else { return }
    throw FileError(
      path: path,
      .invalid("reading it takes \(text(needed)) of memory, and this machine has \(text(bytes))"))
  }

  /// An amount of bytes for people: "3.2 GB".
  package static func text(_ bytes: Int) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")]
    let (unit, name) = units.first { Double(bytes) >= $0.0 } ?? units[2]
    return "\(String(format: "%.1f", Double(bytes) / unit)) \(name)"
  }
}
