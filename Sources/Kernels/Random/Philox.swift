// Philox 4x32-10: random numbers as a pure function of a key and a counter (Salmon et al. 2011).

/// A block cipher turned into a random number generator: any block can be computed without the ones
/// before it, so image i of a seed does not depend on what else is drawn.
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

  /// Four 32-bit words for the counter (`item`, `time`, `index`) of the stream.
  ///
  /// - Parameters:
  ///   - item: which image (or element) the numbers belong to.
  ///   - time: which timestep or training step.
  ///   - index: which block of four.
  package func block(item: UInt32, time: UInt32, index: UInt32) -> SIMD4<UInt32> {
    Philox.encrypt(SIMD4(index, time, item, stream), key: key)
  }

  /// As many blocks as V has elements, from the block `index` on: the first words of all, the second
  /// words, and so on.
  @inline(__always)
  func blocks<V: SIMD>(_: V.Type, item: UInt32, time: UInt32, index: Int) -> Words<V>
  where V.Scalar == UInt64 {
    var indices = V()
    for i in indices.indices { indices[i] = UInt64(UInt32(truncatingIfNeeded: index + i)) }
    let words = (UInt64(time), UInt64(item), UInt64(stream))
    return Philox.encrypt(
      (indices, V(repeating: words.0), V(repeating: words.1), V(repeating: words.2)), key: key)
  }

  /// Four words of some blocks, each in the lower half of an element: multiplication needs the
  /// upper half.
  typealias Words<V> = (V, V, V, V)

  /// Ten rounds of the cipher for one block.
  package static func encrypt(
    _ counter: SIMD4<UInt32>, key: (UInt32, UInt32)
  ) -> SIMD4<UInt32> {
    let counter = SIMD4<UInt64>(truncatingIfNeeded: counter)
    typealias V = SIMD2<UInt64>
    let words = encrypt(
      (
        V(repeating: counter.x), V(repeating: counter.y), V(repeating: counter.z),
        V(repeating: counter.w)
      ), key: key)
    return SIMD4(truncatingIfNeeded: SIMD4(words.0.x, words.1.x, words.2.x, words.3.x))
  }

  /// Ten rounds of the cipher for as many blocks as V has elements.
  @inline(__always)
  private static func encrypt<V: SIMD>(
    _ counter: Words<V>, key: (UInt32, UInt32)
  ) -> Words<V> where V.Scalar == UInt64 {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    let low = V(repeating: UInt64(UInt32.max))
    for _ in 0..<rounds {
      let p0 = V(repeating: UInt64(multipliers.0)) &* c0
      let p1 = V(repeating: UInt64(multipliers.1)) &* c2
      (c0, c1) = ((p1 &>> 32) ^ c1 ^ V(repeating: UInt64(k0)), p1 & low)
      (c2, c3) = ((p0 &>> 32) ^ c3 ^ V(repeating: UInt64(k1)), p0 & low)
      k0 &+= weyl.0
      k1 &+= weyl.1
    }
    return (c0, c1, c2, c3)
  }

  // The constants of the paper (Table 2 and Section 4.2).
  private static let rounds = 10
  private static let multipliers: (UInt32, UInt32) = (0xD251_1F53, 0xCD9E_8D57)
  private static let weyl: (UInt32, UInt32) = (0x9E37_79B9, 0xBB67_AE85)
}
