// The logarithm, sine and cosine of whole vectors.

extension Vector {
  /// ln x for normal positive x, within 2 ulp: x = 2^e·m with m in [√½, √2), and a polynomial.
  @inline(__always) package var logarithm: Vector {
    let bits = unsafeBitCast(self, to: VectorBits.self)
    // Subtracting √½ makes the exponent field count from the mantissa range wanted.
    let shifted = bits &- 0x3F35_04F3
    let exponent = Vector(shifted &>> 23)
    let mantissa = unsafeBitCast(
      (shifted & 0x007F_FFFF) &+ 0x3F35_04F3, to: Vector.self)
    let f = mantissa - 1
    var p = Vector(repeating: 7.037_683_6e-2)
    p = Vector(repeating: -1.151_461e-1).adding(p, times: f)
    p = Vector(repeating: 1.167_699_9e-1).adding(p, times: f)
    p = Vector(repeating: -1.242_014_1e-1).adding(p, times: f)
    p = Vector(repeating: 1.424_932_3e-1).adding(p, times: f)
    p = Vector(repeating: -1.666_805_7e-1).adding(p, times: f)
    p = Vector(repeating: 2.000_071_5e-1).adding(p, times: f)
    p = Vector(repeating: -2.499_999_4e-1).adding(p, times: f)
    p = Vector(repeating: 3.333_333_1e-1).adding(p, times: f)
    let tail = f * f * (p * f - 0.5)
    return (f + tail.adding(-2.121_944_4e-4, times: exponent))
      .adding(0.693_359_375, times: exponent)
  }

  /// sin 2πx and cos 2πx for 0 ≤ x ≤ 1: the nearest quarter turn, then polynomials for what is left.
  @inline(__always) package var sineAndCosineOfTurns: (Vector, Vector) {
    let magic = Vector(repeating: 12_582_912)
    let shifted = magic.adding(4, times: self)
    let quarter = unsafeBitCast(shifted, to: VectorBits.self)
    let angle = (self * 4 - (shifted - magic)) * Vector(repeating: .pi / 2)
    let square = angle * angle
    var s = Vector(repeating: -1.951_529_6e-4)
    s = Vector(repeating: 8.332_161e-3).adding(s, times: square)
    s = Vector(repeating: -1.666_665_5e-1).adding(s, times: square)
    s = angle.adding(s * square, times: angle)
    var c = Vector(repeating: 2.443_315_7e-5)
    c = Vector(repeating: -1.388_731_6e-3).adding(c, times: square)
    c = Vector(repeating: 4.166_664_6e-2).adding(c, times: square)
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
