// The cores that a process may use.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct AvailableCoresTests {
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

  @Test func thereIsOneAtLeastAndNoneThatIsOff() {
    #expect(AvailableCores.count >= 1)
    #expect(AvailableCores.count <= ProcessInfo.processInfo.activeProcessorCount)
  }
}
