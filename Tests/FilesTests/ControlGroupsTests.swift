// What control groups leave: the limits of its groups and of those above, in both versions.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct ControlGroupsTests {
  /// Writes files below a folder, and reads the limits of the membership in `me`.
  private func groups(_ files: [String: String], me: String) throws -> ControlGroups {
    try withTemporaryFolder { folder in
      for (name, text) in files {
        let path = "\(folder)/groups/\(name)"
        try FileManager.default.createDirectory(
          atPath: URL(filePath: path).deletingLastPathComponent().path,
          withIntermediateDirectories: true)
        try Array(text.utf8).save(to: path)
      }
      try Array(me.utf8).save(to: folder + "/me")
      return ControlGroups(root: folder + "/groups", membership: folder + "/me")
    }
  }

  private func cores(_ files: [String: String], me: String) throws -> Int? {
    try groups(files, me: me).cores
  }

  @Test(
    arguments: [
      ("100000 100000\n", 1), ("50000 100000\n", 1), ("400000 100000\n", 4),
      ("150000 100000\n", 2), ("max 100000\n", nil), ("", nil), ("100000\n", nil), ("x y\n", nil),
      ("100000 0\n", nil), ("1e400 100000\n", nil),
    ] as [(String, Int?)])
  func versionTwoHasAQuotaAndAPeriod(text: String, wanted: Int?) throws {
    let found = try cores(["job/cpu.max": text], me: "0::/job\n")
    #expect(found == wanted || wanted == nil && (found ?? 0) >= 1_000_000)
  }

  @Test func aGroupAboveLimitsToo() throws {
    let files = ["job/cpu.max": "100000 100000\n", "job/inner/cpu.max": "max 100000\n"]
    #expect(try cores(files, me: "0::/job/inner\n") == 1)
    #expect(try cores(files, me: "0::/other\n") == nil)
    #expect(try cores(["cpu.max": "300000 100000"], me: "0::/\n") == 3)
  }

  @Test(arguments: [("200000", 2), ("-1", nil), ("50000", 1), ("", nil)] as [(String, Int?)])
  func versionOneHasTwoFiles(quota: String, wanted: Int?) throws {
    let files = [
      "cpu,cpuacct/job/cpu.cfs_quota_us": quota + "\n",
      "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
    ]
    #expect(try cores(files, me: "3:memory:/job\n2:cpu,cpuacct:/job\n") == wanted)
  }

  @Test(
    arguments: [
      ("1073741824\n", 1 << 30), ("max\n", nil), ("", nil), ("-1\n", nil), ("1e9\n", nil),
    ] as [(String, Int?)])
  func memoryIsANumberOfBytes(text: String, wanted: Int?) throws {
    #expect(try groups(["job/memory.max": text], me: "0::/job\n").memory == wanted)
    let one = try groups(["memory/job/memory.limit_in_bytes": text], me: "4:memory:/job\n")
    #expect(one.memory == wanted)
    let other = try groups(["cpu/job/memory.limit_in_bytes": text], me: "4:cpu:/job\n")
    #expect(other.memory == nil)
  }

  @Test func theLeastMemoryOfAllGroupsCounts() throws {
    let files = [
      "memory.max": "5000", "job/memory.max": "3000", "job/inner/memory.max": "4000",
    ]
    #expect(try groups(files, me: "0::/job/inner\n").memory == 3000)
  }

  @Test func withoutGroupsThereIsNoLimit() throws {
    let nowhere = ControlGroups(root: "/nowhere", membership: "/nowhere/me")
    #expect(nowhere.cores == nil && nowhere.memory == nil)
    #expect(try cores([:], me: "nonsense\n") == nil)
  }
}
