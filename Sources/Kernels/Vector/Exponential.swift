// The exponential, the reciprocal and the sigmoid of whole vectors.

extension Vector {
  /// The larger of each element and a bound.
  @_transparent func atLeast(_ bound: Float) -> Vector { larger(Vector(repeating: bound)) }

  /// The smaller of each element and a bound.
  @_transparent func atMost(_ bound: Float) -> Vector { smaller(Vector(repeating: bound)) }

  /// 1.5·2²³ / steps: adding it leaves the nearest whole number of steps in the low bits.
  @_transparent static var magic: Vector { Vector(repeating: 12_582_912 / steps) }
}

/// Vectors whose exponentials are computed together: one alone is a chain of some fifteen dependent
/// operations.
typealias VectorBatch = Tile4<Vector>

extension VectorPack {
  /// 2^x within 2 ulp for -126 ≤ x < 127.5.
  ///
  /// Below that, for finite x, it is 0 or at most 2^-126 with AVX-512, where -∞ gives NaN, and
  /// 2^-126 elsewhere. The caller makes sure that x is finite and below the upper bound.
  ///
  /// x = n + f with a whole number n of steps and |f| of half a step at most. The magic number rounds
  /// to a whole number in the low bits of the sum, without a conversion.
  @inline(__always) package var powerOfTwo: Self {
    let x = map { Vector.scalesByAnyPower ? $0 : $0.atLeast(-126) }
    let rounded = x.map { $0 + Vector.magic }
    return Self.powerOfTwo(x.zip(rounded) { $0 - ($1 - Vector.magic) }, plus: rounded)
  }

  /// e^x within 2 ulp for -87 ≤ x ≤ 87; beyond, the value at the nearer end.
  ///
  /// 2^(x·log₂ e), with log₂ e in two parts for the product's fraction: rounding it would cost a
  /// digit where x is large.
  @inline(__always) package var exponential: Self {
    let x = map { $0.atLeast(-87).atMost(87) }
    let rounded = x.map { Vector.magic.adding(Float.log2e, times: $0) }
    let f = x.zip(rounded) {
      $0.times(Float.log2e, minus: $1 - Vector.magic).adding(1.925_963e-8, times: $0)
    }
    return Self.powerOfTwo(f, plus: rounded)
  }

  /// 2^(n + f) for n = rounded - `magic`: the tabulated power of n's fraction times 2^f, with n's
  /// whole part added to the exponent.
  @inline(__always) private static func powerOfTwo(_ f: Self, plus rounded: Self) -> Self {
    let growth = Vector.steps == 1 ? f.growthAlongOctave : f.growthAlongStep
    return rounded.map { Vector.power(ofStep: $0) }
      .zip(growth) { $0.adding($0, times: $1) }
      .zip(rounded) { $0.scaled(byPowerOfTwo: $1 - Vector.magic) }
  }

  /// 2^f - 1 for |f| ≤ 1/64, by the minimax polynomial of degree 2.
  @inline(__always) private var growthAlongStep: Self {
    map { $0 * Vector(repeating: 0.693_157_3).adding(0.240_228_86, times: $0) }
  }

  /// 2^f - 1 for |f| ≤ ½, by the minimax polynomial of degree 6.
  @inline(__always) private var growthAlongOctave: Self {
    let (c1, c2, c3): (Float, Float, Float) = (0.693_147_2, 0.240_226_48, 5.550_332_5e-2)
    let (c4, c5, c6): (Float, Float, Float) = (9.618_437e-3, 1.339_887_4e-3, 1.535_336_2e-4)
    var slope = map { Vector(repeating: c5).adding(c6, times: $0) }
    slope = slope.zip(self) { Vector(repeating: c4).adding($0, times: $1) }
    slope = slope.zip(self) { Vector(repeating: c3).adding($0, times: $1) }
    slope = slope.zip(self) { Vector(repeating: c2).adding($0, times: $1) }
    slope = slope.zip(self) { Vector(repeating: c1).adding($0, times: $1) }
    return zip(slope) { $0 * $1 }
  }

  /// 1/x within 2 ulp for normal positive x, a fraction of the time of the division instruction.
  ///
  /// Each Newton step squares the error of a rough start.
  @inline(__always) package var reciprocal: Self {
    var y = map { $0.roughReciprocal }
    for _ in 0..<Vector.reciprocalRefinements {
      let error = zip(y) { Vector(repeating: 1).subtracting($0, times: $1) }
      y = y.zip(error) { $0.adding($0, times: $1) }
    }
    return y
  }

  /// 1 / (1 + e^-x).
  ///
  /// With log₂ e in one part: where the lost digit would matter, the sigmoid is close to 0.
  @inline(__always) var sigmoid: Self {
    let x = map { $0.atLeast(-87).atMost(87) }
    let rounded = x.map { Vector.magic.adding(-Float.log2e, times: $0) }
    let f = x.zip(rounded) { $0.times(-Float.log2e, minus: $1 - Vector.magic) }
    return Self.powerOfTwo(f, plus: rounded).map { $0 + 1 }.reciprocal
  }
}

extension Float {
  /// log₂ e: e^x = 2^(x·log₂ e).
  static var log2e: Float { 1.442_695 }
}
