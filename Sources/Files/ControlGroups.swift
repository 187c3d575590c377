// What the control groups of Linux (containers, batch systems) leave to a process: time of cores, and memory.

/// The limits of the control groups that a process is in, of both versions, and of the groups above them.
package struct ControlGroups {
  /// The whole cores that the time of the groups is worth, rounded up; nil for no limit.
  package let cores: Int?
  /// The bytes of memory that the groups may have; nil for no limit.
  package let memory: Int?

  /// This process's.
  package static let own = ControlGroups(root: "/sys/fs/cgroup", membership: "/proc/self/cgroup")

  /// - Parameters:
  ///   - root: where the groups are mounted.
  ///   - membership: the file that says which groups the process is in.
  package init(root: String, membership: String) {
    let lines = systemText(membership)?.split(separator: "\n") ?? []
    let groups = lines.flatMap { ControlGroups.groups(on: String($0), root) }
    cores = groups.compactMap(\.cores).min().map { max(1, Int($0.rounded(.up))) }
    memory = groups.compactMap(\.memory).min()
  }

  /// The group of a line of the membership and those above it, up to the root.
  private static func groups(on line: String, _ root: String) -> [ControlGroup] {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return [] }
    let controllers = String(fields[1])
    var folders = [controllers.isEmpty ? root : Path.join(root, controllers)]
    for name in fields[2].split(separator: "/") {
      folders.append(Path.join(folders[folders.count - 1], String(name)))
    }
    let version: ControlGroup.Version =
      controllers.isEmpty ? .two : .one(Set(controllers.split(separator: ",").map(String.init)))
    return folders.map { ControlGroup(folder: $0, version: version) }
  }
}

/// One group: a folder of files with a limit each.
private struct ControlGroup {
  enum Version {
    /// What the folder's hierarchy controls.
    case one(Set<String>)
    case two
  }

  let folder: String
  let version: Version

  /// The cores that the group's time is worth; nil for no limit.
  var cores: Double? {
    switch version {
    case .two:
      // A quota, or "max", and the period it is for.
      let words = words("cpu.max")
      guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) else {
        return nil
      }
      return share(quota, of: period)
    case .one(let controllers):
      // A quota, or -1, and its period in two files.
      guard controllers.contains("cpu"), let quota = number("cpu.cfs_quota_us"),
        let period = number("cpu.cfs_period_us")
      else { return nil }
      return share(quota, of: period)
    }
  }

  /// The bytes that the group may have; nil for no limit.
  var memory: Int? {
    switch version {
    case .two: bytes("memory.max")
    case .one(let controllers):
      controllers.contains("memory") ? bytes("memory.limit_in_bytes") : nil
    }
  }

  private func share(_ quota: Double, of period: Double) -> Double? {
    quota > 0 && period > 0 ? min(quota / period, ControlGroup.mostCores) : nil
  }

  /// More than any machine has: a larger quota limits nothing.
  private static let mostCores = 1e6

  private func words(_ name: String) -> [Substring] {
    systemText(Path.join(folder, name))?.split { $0.isWhitespace } ?? []
  }

  private func number(_ name: String) -> Double? { words(name).first.flatMap { Double($0) } }

  private func bytes(_ name: String) -> Int? {
    words(name).first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }
}
