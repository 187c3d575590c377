// Standard normal noise as a pure function of seed, stream, item, time and place.

extension Philox {
  /// Fills with independent N(0, 1) floats: pair p of the floats is the Box-Muller transform of
  /// words 2p and 2p + 1 of the cipher's output, so the values do not depend on the vector width.
  ///
  /// - Parameters:
  ///   - item: which image or element the noise belongs to.
  ///   - time: which timestep or training step.
  package func fillNormal(_ target: Floats, item: UInt32, time: UInt32) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Lane.width) { spare in
      guard let pairs = spare.baseAddress else { return }
      for start in stride(from: 0, to: target.count, by: 2 * Lane.width) {
        let words = blocks(LaneLongs.self, item: item, time: time, index: start / 4)
        let (first, second) = (join(words.0, words.2), join(words.1, words.3))
        let radii = (Lane(first) + 0.5) * unit
        let radius = (radii.logarithm * -2).squareRoot()
        let (sine, cosine) = (Lane(second &>> 8) * fraction).sineAndCosineOfTurns
        let (even, odd) = (radius * cosine, radius * sine)
        for i in 0..<Lane.width {
          pairs[2 * i] = even[i]
          pairs[2 * i + 1] = odd[i]
        }
        let kept = min(2 * Lane.width, target.count - start)
        (target.base + start).update(from: pairs, count: kept)
      }
    }
  }

  /// Words of two pairs a block, one behind the other: the lower half of an element comes first.
  @inline(__always) private func join(_ first: LaneLongs, _ second: LaneLongs) -> LaneWords {
    unsafeBitCast(first | (second &<< 32), to: LaneWords.self)
  }

  /// 2^-32: a word to (0, 1].
  private var unit: Float { 0x1p-32 }
  /// 2^-24: the upper 24 bits of a word to [0, 1).
  private var fraction: Float { 0x1p-24 }
}

extension Lane {
  /// ln x for normal positive x, within 2 ulp: x = 2^e·m with m in [√½, √2), and a polynomial.
  @inline(__always) package var logarithm: Lane {
    let bits = unsafeBitCast(self, to: LaneBits.self)
    // Subtracting √½ makes the exponent field count from the mantissa range wanted.
    let shifted = bits &- 0x3F35_04F3
    let exponent = Lane(shifted &>> 23)
    let mantissa = unsafeBitCast(
      (shifted & 0x007F_FFFF) &+ 0x3F35_04F3, to: Lane.self)
    let f = mantissa - 1
    var p = Lane(repeating: 7.037_683_6e-2)
    p = Lane(repeating: -1.151_461e-1).adding(p, times: f)
    p = Lane(repeating: 1.167_699_9e-1).adding(p, times: f)
    p = Lane(repeating: -1.242_014_1e-1).adding(p, times: f)
    p = Lane(repeating: 1.424_932_3e-1).adding(p, times: f)
    p = Lane(repeating: -1.666_805_7e-1).adding(p, times: f)
    p = Lane(repeating: 2.000_071_5e-1).adding(p, times: f)
    p = Lane(repeating: -2.499_999_4e-1).adding(p, times: f)
    p = Lane(repeating: 3.333_333_1e-1).adding(p, times: f)
    let tail = f * f * (p * f - 0.5)
    return (f + tail.adding(-2.121_944_4e-4, times: exponent))
      .adding(0.693_359_375, times: exponent)
  }

  /// sin 2πx and cos 2πx for 0 ≤ x ≤ 1: the nearest quarter turn, then polynomials for what is left.
  @inline(__always) package var sineAndCosineOfTurns: (Lane, Lane) {
    let magic = Lane(repeating: 12_582_912)
    let shifted = magic.adding(4, times: self)
    let quarter = unsafeBitCast(shifted, to: LaneBits.self)
    let angle = (self * 4 - (shifted - magic)) * Lane(repeating: .pi / 2)
    let square = angle * angle
    var s = Lane(repeating: -1.951_529_6e-4)
    s = Lane(repeating: 8.332_161e-3).adding(s, times: square)
    s = Lane(repeating: -1.666_665_5e-1).adding(s, times: square)
    s = angle.adding(s * square, times: angle)
    var c = Lane(repeating: 2.443_315_7e-5)
    c = Lane(repeating: -1.388_731_6e-3).adding(c, times: square)
    c = Lane(repeating: 4.166_664_6e-2).adding(c, times: square)
    c = (1 - square * 0.5).adding(c * square, times: square)
    let swapped = (quarter & 1) .== 1
    let sine = s.replacing(with: c, where: swapped)
    let cosine = c.replacing(with: s, where: swapped)
    return (
      sine.replacing(with: -sine, where: (quarter & 2) .== 2),
      cosine.replacing(with: -cosine, where: ((quarter &+ 1) & 2) .== 2)
    )
  }
}
