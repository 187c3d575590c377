// Bytes become numbers at any alignment, and numbers the same bytes again.

import Numerics
import Testing

@Suite struct LittleEndianTests {
  @Test func elementsAreReadAtAnyAlignment() {
    let bytes: [UInt8] = [0xff, 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]
    #expect(elements(of: bytes, in: 1..<9, as: Float.self) == [1, -2.5])
    #expect(elements(of: bytes, in: 1..<5, as: Int16.self) == [0, 0x3f80])
    #expect(elements(of: bytes, in: 3..<3, as: Int64.self).isEmpty)
  }

  @Test func bytesAreTheElementsAgain() {
    #expect(littleEndianBytes(of: [1, -2.5] as [Float]) == [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0])
    let doubles = [0.1, -.pi]
    #expect(elements(of: littleEndianBytes(of: doubles), in: 0..<16) == doubles)
  }
}
