// Standard normal noise as a pure function of seed, stream, item, time and index.

extension Philox {
  /// Fills with independent N(0, 1) floats: pair p of the floats is the Box-Muller transform of
  /// words 2p and 2p + 1 of the cipher's output, so the values do not depend on the vector width.
  ///
  /// - Parameters:
  ///   - item: which image or element the noise belongs to.
  ///   - time: which timestep or training step.
  package func fillNormal(_ target: Floats, item: UInt32, time: UInt32) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Vector.width) { spare in
      guard let pairs = spare.baseAddress else { return }
      for start in stride(from: 0, to: target.count, by: 2 * Vector.width) {
        let words = blocks(VectorOfUInt64.self, item: item, time: time, index: start / 4)
        let (first, second) = (join(words.0, words.2), join(words.1, words.3))
        let radii = (Vector(first) + 0.5) * unit
        let radius = (radii.logarithm * -2).squareRoot()
        let (sine, cosine) = (Vector(second &>> 8) * fraction).sineAndCosineOfTurns
        let (even, odd) = (radius * cosine, radius * sine)
        for i in 0..<Vector.width {
          pairs[2 * i] = even[i]
          pairs[2 * i + 1] = odd[i]
        }
        let kept = min(2 * Vector.width, target.count - start)
        (target.base + start).update(from: pairs, count: kept)
      }
    }
  }

  /// The words of a block's two pairs, interleaved: the lower half of each element comes first.
  @inline(__always) private func join(_ first: VectorOfUInt64, _ second: VectorOfUInt64)
    -> VectorOfUInt32
  {
    unsafeBitCast(first | (second &<< 32), to: VectorOfUInt32.self)
  }

  /// 2^-32: a word to (0, 1].
  private var unit: Float { 0x1p-32 }
  /// 2^-24: the upper 24 bits of a word to [0, 1).
  private var fraction: Float { 0x1p-24 }
}
