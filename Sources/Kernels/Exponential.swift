// The exponential and what is made of it, on whole vectors.

extension Lane {
  /// The larger of each element and a bound.
  @_transparent func atLeast(_ bound: Float) -> Lane { larger(Lane(repeating: bound)) }

  /// The smaller of each element and a bound.
  @_transparent func atMost(_ bound: Float) -> Lane { smaller(Lane(repeating: bound)) }

  /// `Tile.powerOfTwo` of one vector.
  @inline(__always) package var powerOfTwo: Lane { One(repeating: self).powerOfTwo.sum }

  /// `Tile.exponential` of one vector.
  @inline(__always) package var exponential: Lane { One(repeating: self).exponential.sum }

  /// `Tile.reciprocal` of one vector.
  @inline(__always) package var reciprocal: Lane { One(repeating: self).reciprocal.sum }

  /// 1.5·2²³: adding it leaves the nearest integer in the low bits.
  @_transparent static var magic: Lane { Lane(repeating: 12_582_912) }
}

/// Vectors whose exponentials are computed side by side: one alone is a chain of some fifteen dependent
/// operations.
typealias Quartet = Four<Lane>

// Rows side by side: each operation is done for one row after the other, so that none waits for the
// one before.
extension Tile where V == Lane {
  /// 2^x within 2 ulp for -126 ≤ x < 127.5.
  ///
  /// For every finite x below that it is at most 2^-126: 0 or a smaller number with AVX-512, where
  /// -∞ is not a number, and 2^-126 elsewhere. The caller sees to the top, and that x is finite.
  ///
  /// x = n + f with n whole and |f| ≤ ½. The magic number rounds to an integer in the low bits of
  /// the sum, without a conversion.
  @inline(__always) var powerOfTwo: Self {
    let x = map { Lane.scalesByAnyPower ? $0 : $0.atLeast(-126) }
    let n = x.map { ($0 + Lane.magic) - Lane.magic }
    return Self.powerOfTwo(x.zip(n) { $0 - $1 }, plus: n)
  }

  /// e^x within 2 ulp for -87 ≤ x ≤ 87; beyond, the value at the nearer end.
  @inline(__always) var exponential: Self { exponential(.plus) }

  /// e^±x.
  ///
  /// 2^(±x·log₂ e), where the product's fraction is taken with log₂ e in two parts: rounding the
  /// product would cost a digit where x is large.
  @inline(__always) private func exponential(_ sign: FloatingPointSign) -> Self {
    let factor: Float = sign == .plus ? Float.log2e : -Float.log2e
    let rest: Float = sign == .plus ? 1.925_963e-8 : -1.925_963e-8
    let x = map { $0.atLeast(-87).atMost(87) }
    let n = x.map { Lane.magic.adding(factor, times: $0) - Lane.magic }
    let f = x.zip(n) { $0.times(factor, minus: $1).adding(rest, times: $0) }
    return Self.powerOfTwo(f, plus: n)
  }

  /// 2^(f + n) for |f| ≤ ½ and whole n: a polynomial gives 2^f = 1 + c1·f + … + c6·f⁶, and n is added
  /// to its exponent.
  @inline(__always) private static func powerOfTwo(_ f: Self, plus n: Self) -> Self {
    let (c1, c2, c3): (Float, Float, Float) = (0.693_147_2, 0.240_226_48, 5.550_332_5e-2)
    let (c4, c5, c6): (Float, Float, Float) = (9.618_437e-3, 1.339_887_4e-3, 1.535_336_2e-4)
    var p = f.map { Lane(repeating: c5).adding(c6, times: $0) }
    p = p.zip(f) { Lane(repeating: c4).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: c3).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: c2).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: c1).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: 1).adding($0, times: $1) }
    return p.zip(n) { $0.scaled(byPowerOfTwo: $1) }
  }

  /// 1/x within 2 ulp for normal positive x, a fraction of the time of the division instruction.
  ///
  /// Each Newton step squares the error of a rough start.
  @inline(__always) var reciprocal: Self {
    var y = map { $0.roughReciprocal }
    for _ in 0..<Lane.reciprocalRefinements {
      let error = zip(y) { Lane(repeating: 1).subtracting($0, times: $1) }
      y = y.zip(error) { $0.adding($0, times: $1) }
    }
    return y
  }

  /// 1 / (1 + e^-x).
  @inline(__always) var sigmoid: Self {
    exponential(.minus).map { $0 + 1 }.reciprocal
  }
}

extension Float {
  /// log₂ e: e^x = 2^(x·log₂ e).
  static var log2e: Float { 1.442_695 }
}
