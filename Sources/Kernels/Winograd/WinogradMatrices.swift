// One side of a tile in Winograd's convolution: its small matrices as functions of vectors.
//
// A line of m outputs of a three-tap filter is a product of polynomials, and m + 2 values determine
// it (Winograd 1980; Lavin & Gray 2016): y = Aᵀ((G g) ∘ (Bᵀ d)). A square tile applies each matrix on
// both sides.

/// Two of a line's points that are computed together: ±a, whose values are a sum and a difference
/// of the same terms, or 0 and ∞.
enum PointPair {
  case zeroAndInfinity
  /// ±p.
  case near
  /// ±q.
  case far

  /// The points' numbers.
  @inline(__always) var numbers: (Int, Int) {
    switch self {
    case .zeroAndInfinity: (0, 3)
    case .near: (1, 2)
    case .far: (4, 5)
    }
  }
}

/// The even or the odd outputs of a line: they use the same sums, or the same differences.
enum OutputParity {
  case even
  case odd

  /// The outputs' numbers.
  @inline(__always) var numbers: (Int, Int) {
    switch self {
    case .even: (0, 2)
    case .odd: (1, 3)
    }
  }
}

/// m outputs of a three-tap filter by m + 2 products, F(m, 3): the matrices A and B.
///
/// Each function reads its operands by number and computes two results at a time, so that the
/// intermediate values of the two passes over a tile fit in the registers.
protocol WinogradLine {
  /// Outputs: m.
  static var outputs: Int { get }
  /// Bᵀ d, from m + 2 inputs: rows are the polynomials that vanish at all points but one.
  static func input(_ pair: PointPair, _ d: (Int) -> Vector) -> (Vector, Vector)
  /// Aᵀ t: the result's coefficients from its values at the points. Outputs beyond the last are zero.
  static func output(_ pair: OutputParity, _ t: (Int) -> Vector) -> (Vector, Vector)
  /// A y: the transpose of `output`, for the gradient of the products.
  static func outputGradient(_ pair: PointPair, _ y: (Int) -> Vector) -> (Vector, Vector)
}

extension WinogradLine {
  /// Inputs, and points at which polynomials are multiplied.
  static var points: Int { outputs + 2 }
}

/// F(4, 3) with the points 0, p, -p, ∞, q, -q, in this order, so that a shorter line uses the first
/// four.
///
/// With p = √½ and q = √2, rounding errors are half as large as with the usual 1 and 2: the powers
/// stay closer to 1, and p·q = 1.
enum F4: WinogradLine {
  static var outputs: Int { 4 }

  @_transparent private static var p: Float { 0.707_106_77 }
  @_transparent private static var q: Float { 1.414_213_5 }
  /// One over the products of the points' distances at ±p and at ±q.
  @_transparent private static var near: Float { -1 / 1.5 }
  @_transparent private static var far: Float { 1 / 6 }

  @inline(__always)
  static func input(_ pair: PointPair, _ d: (Int) -> Vector) -> (Vector, Vector) {
    switch pair {
    case .zeroAndInfinity:
      return ((d(0) + d(4)).adding(-2.5, times: d(2)), (d(1) + d(5)).adding(-2.5, times: d(3)))
    case .near:
      let (even, odd) = (d(4).adding(-2, times: d(2)), d(3).adding(-2, times: d(1)))
      return (even.adding(p, times: odd), even.adding(-p, times: odd))
    case .far:
      let (even, odd) = (d(4).adding(-0.5, times: d(2)), d(3).adding(-0.5, times: d(1)))
      return (even.adding(q, times: odd), even.adding(-q, times: odd))
    }
  }

  @inline(__always)
  static func output(_ pair: OutputParity, _ t: (Int) -> Vector) -> (Vector, Vector) {
    switch pair {
    case .even:
      let (near, far) = (t(1) + t(2), t(4) + t(5))
      return (t(0) + near + far, (near * 0.5).adding(2, times: far))
    case .odd:
      let (near, far) = (t(1) - t(2), t(4) - t(5))
      return (
        (near * p).adding(q, times: far),
        t(3).adding(0.5 * p, times: near).adding(2 * q, times: far)
      )
    }
  }

  @inline(__always)
  static func outputGradient(_ pair: PointPair, _ y: (Int) -> Vector) -> (Vector, Vector) {
    switch pair {
    case .zeroAndInfinity:
      return (y(0), y(3))
    case .near:
      let (even, odd) = (y(0).adding(0.5, times: y(2)), y(1).adding(0.5, times: y(3)))
      return (even.adding(p, times: odd), even.adding(-p, times: odd))
    case .far:
      let (even, odd) = (y(0).adding(2, times: y(2)), y(1).adding(2, times: y(3)))
      return (even.adding(q, times: odd), even.adding(-q, times: odd))
    }
  }

  /// G g: the filter's values at the points, over the products of the points' distances.
  @inline(__always)
  static func filter(_ g: (Int) -> Vector, into t: (Int, Vector) -> Void) {
    let (g0, g1, g2) = (g(0), g(1), g(2))
    let (nearEven, nearOdd) = ((g0 * near).adding(0.5 * near, times: g2), g1 * (p * near))
    let (farEven, farOdd) = ((g0 * far).adding(2 * far, times: g2), g1 * (q * far))
    t(0, g0)
    t(1, nearEven + nearOdd)
    t(2, nearEven - nearOdd)
    t(3, g2)
    t(4, farEven + farOdd)
    t(5, farEven - farOdd)
  }

  /// Gᵀ t: the transpose of `filter`, for the gradient of the filter.
  @inline(__always)
  static func filterGradient(_ t: (Int) -> Vector, into g: (Int, Vector) -> Void) {
    let (nearSum, nearDifference) = (t(1) + t(2), t(1) - t(2))
    let (farSum, farDifference) = (t(4) + t(5), t(4) - t(5))
    g(0, t(0).adding(near, times: nearSum).adding(far, times: farSum))
    g(1, (nearDifference * (p * near)).adding(q * far, times: farDifference))
    g(2, t(3).adding(0.5 * near, times: nearSum).adding(2 * far, times: farSum))
  }

  /// F(2, 3) at the points 0, ±p, ∞. It multiplies the same values of the filter: those were divided
  /// by the distances of all six points, and B makes up for the points it does without.
  enum End2: WinogradLine {
    static var outputs: Int { 2 }

    @inline(__always)
    static func input(_ pair: PointPair, _ d: (Int) -> Vector) -> (Vector, Vector) {
      if pair == .zeroAndInfinity {
        return (d(0).adding(-2, times: d(2)), d(3).adding(-0.5, times: d(1)))
      }
      let (even, odd) = (d(2) * -1.5, d(1) * (-1.5 * p))
      return (even + odd, even - odd)
    }

    @inline(__always)
    static func output(_ pair: OutputParity, _ t: (Int) -> Vector) -> (Vector, Vector) {
      switch pair {
      case .even: (t(0) + (t(1) + t(2)), Vector())
      case .odd: (t(3).adding(p, times: t(1) - t(2)), Vector())
      }
    }

    @inline(__always)
    static func outputGradient(_ pair: PointPair, _ y: (Int) -> Vector) -> (Vector, Vector) {
      let (y0, y1) = (y(0), y(1))
      if pair == .zeroAndInfinity { return (y0, y1) }
      return (y0.adding(p, times: y1), y0.adding(-p, times: y1))
    }
  }
}
