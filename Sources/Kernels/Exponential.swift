// The exponential and what is made of it, on whole vectors.

extension Lane {
  /// The larger of each element and a bound; the library's `clamped` goes element by element.
  @_transparent func atLeast(_ bound: Float) -> Lane {
    replacing(with: bound, where: self .< Lane(repeating: bound))
  }

  /// The smaller of each element and a bound.
  @_transparent func atMost(_ bound: Float) -> Lane {
    replacing(with: bound, where: self .> Lane(repeating: bound))
  }

  /// e^x within 2 ulp for |x| ≤ 87; beyond, the value at the nearer end: e^88 would still be a
  /// Float, but not its reciprocal, and the sigmoid of -88 not a number.
  ///
  /// x = n·ln 2 + r with |r| ≤ ln 2 / 2: a polynomial gives e^r, n goes into the exponent. The
  /// magic number rounds to an integer in the low bits of the sum, without a conversion.
  @_transparent package var exponential: Lane {
    let x = atLeast(-87).atMost(87)
    let magic = Lane(repeating: 12_582_912)
    let shifted = magic.adding(1.442_695_04, times: x)
    let n = shifted - magic
    // ln 2 in two parts, so that n·ln 2 loses nothing.
    let r = x.adding(-0.693_359_375, times: n).adding(2.121_944_4e-4, times: n)
    var p = Lane(repeating: 1.987_569_1e-4)
    p = Lane(repeating: 1.398_199_9e-3).adding(p, times: r)
    p = Lane(repeating: 8.333_452e-3).adding(p, times: r)
    p = Lane(repeating: 4.166_579_6e-2).adding(p, times: r)
    p = Lane(repeating: 0.166_666_66).adding(p, times: r)
    p = Lane(repeating: 0.5).adding(p, times: r)
    p = (r + 1).adding(p, times: r * r)
    let power = unsafeBitCast(shifted, to: LaneBits.self) &<< 23 &+ 0x3F80_0000
    return p * unsafeBitCast(power, to: Lane.self)
  }

  /// 1/x within 2 ulp for normal positive x, an eighth of the time of the division instruction.
  ///
  /// Subtracting the bits from a constant negates the exponent and is within 12 %; each Newton
  /// step squares the error.
  @_transparent package var reciprocal: Lane {
    let bits = LaneBits(repeating: 0x7EF3_11C7) &- unsafeBitCast(self, to: LaneBits.self)
    let opposite = Lane() - self
    var y = unsafeBitCast(bits, to: Lane.self)
    for _ in 0..<3 {
      let error = Lane(repeating: 1).adding(opposite, times: y)
      y = y.adding(y, times: error)
    }
    return y
  }

  /// 1 / (1 + e^-x).
  @_transparent var sigmoid: Lane { ((Lane() - self).exponential + 1).reciprocal }
}
