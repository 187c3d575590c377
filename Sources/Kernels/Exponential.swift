// The exponential and what is made of it, on whole vectors.

extension Lane {
  /// The larger of each element and a bound.
  @_transparent func atLeast(_ bound: Float) -> Lane { larger(Lane(repeating: bound)) }

  /// The smaller of each element and a bound.
  @_transparent func atMost(_ bound: Float) -> Lane { smaller(Lane(repeating: bound)) }

  /// 2^x within 2 ulp for -126 ≤ x < 127.5.
  ///
  /// For every finite x below that it is at most 2^-126: 0 or a smaller number with AVX-512, where
  /// -∞ is not a number, and 2^-126 elsewhere. The caller sees to the top, and that x is finite.
  ///
  /// x = n + f with n whole and |f| ≤ ½. The magic number rounds to an integer in the low bits of
  /// the sum, without a conversion.
  @_transparent package var powerOfTwo: Lane {
    let x = Lane.scalesByAnyPower ? self : atLeast(-126)
    let shifted = x + Lane.magic
    return Lane.powerOfTwo(x - (shifted - Lane.magic), rounded: shifted)
  }

  /// e^x within 2 ulp for -87 ≤ x ≤ 87; beyond, the value at the nearer end.
  ///
  /// 2^(x·log₂ e), where the product's fraction is taken with log₂ e in two parts: rounding the
  /// product would cost a digit where x is large.
  @_transparent package var exponential: Lane {
    let x = atLeast(-87).atMost(87)
    let shifted = Lane.magic.adding(Float.log2e, times: x)
    let f = (Lane.magic - shifted).adding(Float.log2e, times: x).adding(1.925_963e-8, times: x)
    return Lane.powerOfTwo(f, rounded: shifted)
  }

  /// 1.5·2²³: adding it leaves the nearest integer in the low bits.
  @_transparent static var magic: Lane { Lane(repeating: 12_582_912) }

  /// 2^(f + n) for |f| ≤ ½ and n in the low bits of `rounded`: a polynomial gives 2^f, and n is
  /// added to its exponent.
  @_transparent static func powerOfTwo(_ f: Lane, rounded: Lane) -> Lane {
    // Pairs of terms first: the chain of dependent additions is half as long as Horner's.
    let square = f * f
    let low = Lane(repeating: 1).adding(Lane.c1, times: f)
    let middle = Lane(repeating: Lane.c2).adding(Lane.c3, times: f)
    var p = Lane(repeating: Lane.c4).adding(Lane.c5, times: f)
    p = p.adding(Lane.c6, times: square)
    p = middle.adding(p, times: square)
    p = low.adding(p, times: square)
    return p.scaled(byPowerOfTwo: rounded)
  }

  // 2^f = 1 + c1·f + … + c6·f⁶ for |f| ≤ ½.
  @_transparent fileprivate static var c1: Float { 0.693_147_2 }
  @_transparent fileprivate static var c2: Float { 0.240_226_48 }
  @_transparent fileprivate static var c3: Float { 5.550_332_5e-2 }
  @_transparent fileprivate static var c4: Float { 9.618_437e-3 }
  @_transparent fileprivate static var c5: Float { 1.339_887_4e-3 }
  @_transparent fileprivate static var c6: Float { 1.535_336_2e-4 }

  /// 1/x within 2 ulp for normal positive x, a fraction of the time of the division instruction.
  ///
  /// Each Newton step squares the error of a rough start.
  @_transparent package var reciprocal: Lane {
    let opposite = Lane() - self
    var y = roughReciprocal
    for _ in 0..<Lane.reciprocalRefinements {
      let error = Lane(repeating: 1).adding(opposite, times: y)
      y = y.adding(y, times: error)
    }
    return y
  }

  /// 1 / (1 + e^-x).
  @_transparent var sigmoid: Lane { ((Lane() - self).exponential + 1).reciprocal }
}

extension Tile where V == Lane {
  /// 2^x as `Lane.powerOfTwo` has it, for all rows side by side: each operation is done for one row
  /// after the other, so that none waits for the one before.
  @inline(__always) var powerOfTwo: Self {
    let x = map { Lane.scalesByAnyPower ? $0 : $0.atLeast(-126) }
    let shifted = x.map { $0 + Lane.magic }
    let f = x.zip(shifted) { $0 - ($1 - Lane.magic) }
    var p = f.map { Lane(repeating: Lane.c5).adding(Lane.c6, times: $0) }
    p = p.zip(f) { Lane(repeating: Lane.c4).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: Lane.c3).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: Lane.c2).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: Lane.c1).adding($0, times: $1) }
    p = p.zip(f) { Lane(repeating: 1).adding($0, times: $1) }
    return p.zip(shifted) { $0.scaled(byPowerOfTwo: $1) }
  }
}

extension Float {
  /// log₂ e: e^x = 2^(x·log₂ e).
  static var log2e: Float { 1.442_695 }
}
