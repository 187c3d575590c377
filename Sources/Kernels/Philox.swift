// Philox 4x32-10: random numbers as a pure function of a key and a counter (Salmon et al. 2011).

/// A block cipher turned into a random number generator: any block can be computed without the
/// ones before it, so image i of a seed is the same whatever is drawn before or beside it.
package struct Philox: Sendable {
  private let key: (UInt32, UInt32)

  /// - Parameters:
  ///   - seed: the user's seed.
  ///   - stream: what the numbers are for; streams of one seed are independent.
  package init(seed: UInt64, stream: UInt32) {
    // The seed's two halves are the cipher's key; the stream is a word of the counter.
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  private let stream: UInt32

  /// Four 32-bit words for the place (`item`, `time`, `index`) of the stream.
  ///
  /// - Parameters:
  ///   - item: which image (or element) the numbers belong to.
  ///   - time: which timestep or training step.
  ///   - index: which block of four.
  package func block(item: UInt32, time: UInt32, index: UInt32) -> SIMD4<UInt32> {
    Philox.encrypt(SIMD4(index, time, item, stream), key: key)
  }

  /// Ten rounds of the cipher.
  package static func encrypt(
    _ counter: SIMD4<UInt32>, key: (UInt32, UInt32)
  ) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = key
    for _ in 0..<rounds {
      let p0 = multipliers.0.multipliedFullWidth(by: c0)
      let p1 = multipliers.1.multipliedFullWidth(by: c2)
      (c0, c1, c2, c3) = (p1.high ^ c1 ^ k0, p1.low, p0.high ^ c3 ^ k1, p0.low)
      k0 &+= weyl.0
      k1 &+= weyl.1
    }
    return SIMD4(c0, c1, c2, c3)
  }

  // The constants of the paper (Table 2 and Section 4.2).
  private static let rounds = 10
  private static let multipliers: (UInt32, UInt32) = (0xD251_1F53, 0xCD9E_8D57)
  private static let weyl: (UInt32, UInt32) = (0x9E37_79B9, 0xBB67_AE85)
}
