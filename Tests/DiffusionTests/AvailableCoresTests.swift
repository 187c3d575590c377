// The cores a control group leaves: quotas of its groups and of those above, in both versions.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct AvailableCoresTests {
  /// Writes files below a folder, and reads the quota of the membership in `me`.
  private func cores(_ files: [String: String], me: String) throws -> Int? {
    try withTemporaryFolder { folder in
      for (name, text) in files {
        let path = "\(folder)/groups/\(name)"
        try FileManager.default.createDirectory(
          atPath: URL(filePath: path).deletingLastPathComponent().path,
          withIntermediateDirectories: true)
        try Array(text.utf8).save(to: path)
      }
      try Array(me.utf8).save(to: folder + "/me")
      return CgroupQuota(root: folder + "/groups", membership: folder + "/me").cores
    }
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
      ("Cpus_allowed:\t3\n", 2), ("x\nCpus_allowed:\tff,00000001\nCpus_allowed_list:\t0\n", 9),
      ("Cpus_allowed:\t0\n", nil), ("", nil),
    ] as [(String, Int?)])
  func theAffinityMaskIsCounted(text: String, wanted: Int?) throws {
    try withTemporaryFolder { folder in
      try Array(text.utf8).save(to: folder + "/status")
      #expect(AvailableCores.affinity(status: folder + "/status") == wanted)
      #expect(AvailableCores.affinity(status: folder + "/none") == nil)
    }
  }

  @Test func withoutGroupsThereIsNoLimit() throws {
    #expect(CgroupQuota(root: "/nowhere", membership: "/nowhere/me").cores == nil)
    #expect(try cores([:], me: "nonsense\n") == nil)
    #expect(AvailableCores.count >= 1)
    #expect(AvailableCores.count <= ProcessInfo.processInfo.activeProcessorCount)
  }
}
