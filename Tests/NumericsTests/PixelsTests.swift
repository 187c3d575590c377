// Pixels as floats and bytes, and their enlargement.

import Kernels
import Numerics
import Testing

struct PixelsTests {
  @Test func bytesFillTheRangeOfFloats() {
    let floats = Pixels.floats(Array(0...255))
    for (byte, float) in floats.enumerated() {
      // One rounding of the quotient and one of the difference.
      #expect(abs(Double(float) - (Double(byte) / 127.5 - 1)) <= 1.2e-7)
    }
    #expect(floats.first == -1 && floats.last == 1)
  }

  @Test func everyByteSurvivesTheWayThroughFloats() {
    // An odd length: the tail behind the last whole vector is converted too.
    let bytes = (0..<1021).map { UInt8(truncatingIfNeeded: $0) }
    #expect(Pixels.bytes(Pixels.floats(bytes)) == bytes)
    #expect(Pixels.bytes([]) == [] && Pixels.floats([]) == [])
  }

  @Test func aMirroredImageHasItsColumnsInReverse() {
    // Two rows of three RGB pixels: 0 1 2 | 3 4 5 | 6 7 8.
    let image = FloatMemory(count: 18)
    withExtendedLifetime(image) {
      image.all.copy(from: (0..<18).map(Float.init))
      Pixels.mirror(image.all, width: 3, channels: 3)
      let mirrored: [Float] = [6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17, 12, 13, 14, 9, 10, 11]
      #expect(Array(image.all.array.prefix(18)) == mirrored)
      Pixels.mirror(image.all, width: 3, channels: 3)
      #expect(Array(image.all.array.prefix(18)) == (0..<18).map(Float.init))
    }
  }

  /// `((np.float32(x) / 2 + 0.5).clip(0, 1) * 255).round().astype("uint8")`; an x of the form
  /// (2k + 1)/255 - 1 would lie half-way but is no float, so 1/2 of a level comes from x = 0 only.
  @Test(arguments: [
    (Float(0), UInt8(128)), (-1, 0), (1, 255), (-1.5, 0), (7, 255), (0.5, 191), (-0.5, 64),
    (0.9999, 255), (.infinity, 255), (-.infinity, 0), (.nan, 0), (-0.0, 128),
  ])
  func floatsBecomeTheBytesOfDiffusers(float: Float, byte: UInt8) {
    #expect(Pixels.bytes([Float](repeating: float, count: 37)) == .init(repeating: byte, count: 37))
  }

  @Test func halvesAreRoundedToEven() {
    var halves = 0
    for level in 0..<255 {
      let x = (Float(2 * level + 1) / 255) - 1
      let scaled: Float = 255 * (x / 2 + 0.5)
      guard scaled == Float(level) + 0.5 else { continue }
      halves += 1
      #expect(Pixels.bytes([x]) == [UInt8(level + level % 2)])
    }
    #expect(halves > 10)
  }

  @Test func aSliceOfBytesIsDecodedInPlace() {
    let memory = FloatMemory(count: 5)
    Pixels.decode([9, 0, 255, 9], from: 1, into: memory.all.slice(2, 2))
    #expect(memory.all.array == [0, 0, -1, 1, 0])
  }

  @Test func enlargingRepeatsPixelsAndRows() {
    #expect(
      Pixels.enlarge([1, 2, 3, 4], width: 2, channels: 1, by: 2)
        == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
    #expect(Pixels.enlarge([1, 2, 3, 4], width: 2, channels: 2, by: 1) == [1, 2, 3, 4])
    #expect(Pixels.enlarge([1, 2], width: 1, channels: 2, by: 2) == [1, 2, 1, 2, 1, 2, 1, 2])
  }
}
