// One side of a tile in Winograd's convolution: its small matrices as functions of vectors.
//
// A line of m outputs of a three-tap filter is a product of polynomials, and m + 2 values determine
// it (Winograd 1980; Lavin & Gray 2016): y = Aᵀ((G g) ∘ (Bᵀ d)). A square tile applies each matrix on
// both sides.

/// m outputs of a three-tap filter by m + 2 products, F(m, 3): the matrices A and B.
///
/// Each function is handed its operands by number and hands on its results by number.
protocol WinogradLine {
  /// Outputs: m.
  static var outputs: Int { get }
  /// Bᵀ d, from m + 2 inputs: rows are the polynomials that vanish at all points but one.
  static func input(_ d: (Int) -> Lane, into t: (Int, Lane) -> Void)
  /// Aᵀ t: the result's coefficients from its values at the points.
  static func output(_ t: (Int) -> Lane, into y: (Int, Lane) -> Void)
  /// A y: the transpose of `output`, for the gradient of the products.
  static func outputGradient(_ y: (Int) -> Lane, into t: (Int, Lane) -> Void)
}

extension WinogradLine {
  /// Inputs, and points at which polynomials are multiplied.
  static var points: Int { outputs + 2 }
}

/// F(4, 3) with the points 0, p, -p, ∞, q, -q, in this order, so that a shorter line at the end of a
/// row of them uses the first four.
///
/// p = √½ and q = √2 make rounding errors half as large as the usual 1 and 2: the powers stay nearer
/// to 1, and p·q = 1.
enum F4: WinogradLine {
  static var outputs: Int { 4 }

  @_transparent private static var p: Float { 0.707_106_77 }
  @_transparent private static var q: Float { 1.414_213_5 }
  /// One over the products of the points' distances at ±p and at ±q.
  @_transparent private static var near: Float { -1 / 1.5 }
  @_transparent private static var far: Float { 1 / 6 }

  @inline(__always)
  static func input(_ d: (Int) -> Lane, into t: (Int, Lane) -> Void) {
    let (d1, d2, d3, d4) = (d(1), d(2), d(3), d(4))
    let (nearEven, nearOdd) = (d4.adding(-2, times: d2), d3.adding(-2, times: d1))
    let (farEven, farOdd) = (d4.adding(-0.5, times: d2), d3.adding(-0.5, times: d1))
    t(0, (d(0) + d4).adding(-2.5, times: d2))
    t(1, nearEven.adding(p, times: nearOdd))
    t(2, nearEven.adding(-p, times: nearOdd))
    t(3, (d1 + d(5)).adding(-2.5, times: d3))
    t(4, farEven.adding(q, times: farOdd))
    t(5, farEven.adding(-q, times: farOdd))
  }

  @inline(__always)
  static func output(_ t: (Int) -> Lane, into y: (Int, Lane) -> Void) {
    let (nearSum, nearDifference) = (t(1) + t(2), t(1) - t(2))
    let (farSum, farDifference) = (t(4) + t(5), t(4) - t(5))
    y(0, t(0) + nearSum + farSum)
    y(1, (nearDifference * p).adding(q, times: farDifference))
    y(2, (nearSum * 0.5).adding(2, times: farSum))
    y(3, t(3).adding(0.5 * p, times: nearDifference).adding(2 * q, times: farDifference))
  }

  @inline(__always)
  static func outputGradient(_ y: (Int) -> Lane, into t: (Int, Lane) -> Void) {
    let (y0, y1, y2, y3) = (y(0), y(1), y(2), y(3))
    let (nearEven, nearOdd) = (y0.adding(0.5, times: y2), y1.adding(0.5, times: y3))
    let (farEven, farOdd) = (y0.adding(2, times: y2), y1.adding(2, times: y3))
    t(0, y0)
    t(1, nearEven.adding(p, times: nearOdd))
    t(2, nearEven.adding(-p, times: nearOdd))
    t(3, y3)
    t(4, farEven.adding(q, times: farOdd))
    t(5, farEven.adding(-q, times: farOdd))
  }

  /// G g: the filter's values at the points, over the products of the points' distances.
  @inline(__always)
  static func filter(_ g: (Int) -> Lane, into t: (Int, Lane) -> Void) {
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
  static func filterGradient(_ t: (Int) -> Lane, into g: (Int, Lane) -> Void) {
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
    static func input(_ d: (Int) -> Lane, into t: (Int, Lane) -> Void) {
      let (d1, d2) = (d(1), d(2))
      let (even, odd) = (d2 * -1.5, d1 * (-1.5 * p))
      t(0, d(0).adding(-2, times: d2))
      t(1, even + odd)
      t(2, even - odd)
      t(3, d(3).adding(-0.5, times: d1))
    }

    @inline(__always)
    static func output(_ t: (Int) -> Lane, into y: (Int, Lane) -> Void) {
      y(0, t(0) + (t(1) + t(2)))
      y(1, t(3).adding(p, times: t(1) - t(2)))
    }

    @inline(__always)
    static func outputGradient(_ y: (Int) -> Lane, into t: (Int, Lane) -> Void) {
      let (y0, y1) = (y(0), y(1))
      t(0, y0)
      t(1, y0.adding(p, times: y1))
      t(2, y0.adding(-p, times: y1))
      t(3, y1)
    }
  }
}
