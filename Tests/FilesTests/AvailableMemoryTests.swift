// The memory there is: the machine's, within the limits on a process.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct AvailableMemoryTests {
  @Test func aLimitOnAddressesIsWhatIsLeftOfIt() throws {
    try withTemporaryFolder { folder in
      let (limits, taken) = (folder + "/limits", folder + "/statm")
      try Array("100 20 3 4 0 5 0\n".utf8).save(to: taken)
      func limit(_ text: String) throws -> Int? {
        try Array("Limit    Soft Limit\nMax address space  \(text)  bytes\n".utf8).save(to: limits)
        return AvailableMemory.addressLimit(limits: limits, taken: taken)
      }
      let pages = 100 * Int(getpagesize())
      #expect(try limit("500000000   600000000") == (500_000_000 - pages) / 2)
      #expect(try limit("1000   unlimited") == 0)
      #expect(try limit("unlimited   unlimited") == nil)
      #expect(AvailableMemory.addressLimit(limits: folder + "/none", taken: taken) == nil)
    }
  }

  @Test func amountsAreReadable() {
    #expect(AvailableMemory.text(3_240_000_000) == "3.2 GB")
    #expect(["0.1 MB", "0.2 MB"].contains(AvailableMemory.text(150_000)))
    #expect(AvailableMemory.text(2_500_000_000_000) == "2.5 TB")
  }

  @Test(arguments: [1 << 50, .max, nil] as [Int?])
  func whatNoMachineHasIsRefused(count: Int?) throws {
    let error = #expect(throws: FileError.self) {
      try AvailableMemory.check(count, of: "file")
    }
    #expect(error?.description.hasPrefix("file: reading it takes ") == true)
    try AvailableMemory.check(1 << 20, of: "file")
  }
}
