// How many cores this process may use: those that are online, its affinity mask and its cgroup's quota.

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
    quota: CgroupQuota(root: "/sys/fs/cgroup", membership: "/proc/self/cgroup").cores)

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
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
    let key = "Cpus_allowed:"
    let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix(key)
    }
    let digits = line?.dropFirst(key.count).compactMap(\.hexDigitValue) ?? []
    let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
    return count > 0 ? count : nil
  }
}

/// How much time of cores a control group of Linux gives its processes (containers, batch systems).
package struct CgroupQuota {
  /// The whole cores that the time is worth, rounded up; nil for no limit.
  package let cores: Int?

  /// Reads the limits of a process's groups and of the groups above them.
  ///
  /// - Parameters:
  ///   - root: where the groups are mounted.
  ///   - membership: the file that says which groups the process is in.
  package init(root: String, membership: String) {
    let lines = CgroupQuota.text(membership)?.split(separator: "\n") ?? []
    let limits = lines.flatMap { line -> [Double] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let (controllers, group) = (String(fields[1]), String(fields[2]))
      if controllers.isEmpty {
        return CgroupQuota.folders(root, group).compactMap(CgroupQuota.version2)
      }
      guard controllers.split(separator: ",").contains("cpu") else { return [] }
      return CgroupQuota.folders(Path.join(root, controllers), group)
        .compactMap(CgroupQuota.version1)
    }
    cores = limits.min().map { max(1, Int($0.rounded(.up))) }
  }

  /// A group's folder and those above it, up to the root.
  private static func folders(_ root: String, _ group: String) -> [String] {
    var folders = [root]
    for name in group.split(separator: "/") {
      folders.append(Path.join(folders[folders.count - 1], String(name)))
    }
    return folders
  }

  /// cpu.max: a quota, or "max", and the period it is for.
  private static func version2(_ folder: String) -> Double? {
    let words = text(Path.join(folder, "cpu.max"))?.split { $0.isWhitespace } ?? []
    guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) else {
      return nil
    }
    return share(quota, of: period)
  }

  /// A quota, or -1, and its period in two files.
  private static func version1(_ folder: String) -> Double? {
    func number(_ name: String) -> Double? {
      text(Path.join(folder, name)).flatMap {
        Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") else {
      return nil
    }
    return share(quota, of: period)
  }

  private static func share(_ quota: Double, of period: Double) -> Double? {
    quota > 0 && period > 0 ? min(quota / period, mostCores) : nil
  }

  /// More than any machine has: a larger quota limits nothing.
  private static let mostCores = 1e6

  private static func text(_ path: String) -> String? {
    (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) }
  }
}
