// How many cores this process may use: those that are online, in its affinity mask, and of its control groups.

import Foundation

/// The cores that a process may keep busy.
public enum AvailableCores {
  /// At least 1; the default number of threads everywhere.
  public static let count = max(
    1, min(limits.online, limits.affinity ?? .max, limits.quota ?? .max))

  /// What the number is the least of.
  package static let limits = Limits(
    online: ProcessInfo.processInfo.activeProcessorCount,
    affinity: affinity(status: "/proc/self/status"),
    quota: ControlGroups.own.cores)

  /// What bounds the number of cores that a process may use; nil is no bound.
  package struct Limits: Sendable {
    /// The cores that the machine has switched on.
    package let online: Int
    /// Those that the scheduler may put the process on.
    package let affinity: Int?
    /// Those that the time of its control group is worth.
    package let quota: Int?
  }

  /// The cores of the affinity mask (taskset, batch systems), which Linux shows as hexadecimal digits with
  /// commas between; nil where there is none.
  package static func affinity(status path: String) -> Int? {
    let key = "Cpus_allowed:"
    let line = systemText(path)?.split(separator: "\n").first { $0.hasPrefix(key) }
    let digits = line?.dropFirst(key.count).compactMap(\.hexDigitValue) ?? []
    let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
    return count > 0 ? count : nil
  }
}
