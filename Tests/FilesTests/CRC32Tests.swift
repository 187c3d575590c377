// The check sum of the standard's example.

import Files
import Testing

struct CRC32Tests {
  @Test func theSumIsTheStandards() {
    #expect(CRC32.sum(of: Array("123456789".utf8)) == 0xcbf4_3926)
    #expect(CRC32.text(of: Array("123456789".utf8)) == "cbf43926")
    #expect(CRC32.text(of: []) == "00000000")
  }
}
