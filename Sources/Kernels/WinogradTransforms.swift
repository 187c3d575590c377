// The small matrices of Winograd's convolution F(4x4, 3x3), as functions of vectors.
//
// A row of four outputs of a three-tap filter is a product of polynomials, and six values determine
// it (Winograd 1980; Lavin & Gray 2016). With the points 0, ±p, ±q, ∞ the output is
// Aᵀ((G g) ∘ (Bᵀ d)); a square tile applies each matrix on both sides. p = √½ and q = √2 make
// rounding errors half as large as the usual 1 and 2: the powers stay nearer to 1, and p·q = 1.

/// Points vectors: a row or a column of a tile in the transformed domain.
typealias Points = (Lane, Lane, Lane, Lane, Lane, Lane)
/// Four vectors: a row or a column of outputs.
typealias Outputs = (Lane, Lane, Lane, Lane)

/// F(4x4, 3x3).
enum Winograd {
  /// Outputs along a side of a tile.
  static let outputs = 4
  /// Inputs along a side of a tile, and points.
  static let points = 6
  /// Products a tile needs, a channel pair.
  static let frequencies = 36

  /// Floats from the values of one frequency to those of the next: an odd number of pairs of vectors,
  /// because at a multiple of 4 KiB all 36 values of a tile would compete for one set of the
  /// first-level cache.
  static func pitch(_ count: Int) -> Int {
    ((count + Pair.width - 1) / Pair.width | 1) * Pair.width
  }

  /// Stores a row of values, a plane apart.
  ///
  /// - Parameter count: how many floats of each vector count.
  @_transparent static func store(
    _ values: Points, first count: Int, at target: UnsafeMutablePointer<Float>, plane: Int
  ) {
    values.0.store(first: count, at: target)
    values.1.store(first: count, at: target + plane)
    values.2.store(first: count, at: target + 2 * plane)
    values.3.store(first: count, at: target + 3 * plane)
    values.4.store(first: count, at: target + 4 * plane)
    values.5.store(first: count, at: target + 5 * plane)
  }

  private static let p: Float = 0.707_106_77
  private static let q: Float = 1.414_213_5

  /// Bᵀ d: rows are the polynomials that vanish at all points but one.
  @_transparent static func input(_ d: Points) -> Points {
    let nearEven = d.4.adding(-2, times: d.2)
    let nearOdd = d.3.adding(-2, times: d.1)
    let farEven = d.4.adding(-0.5, times: d.2)
    let farOdd = d.3.adding(-0.5, times: d.1)
    return (
      (d.0 + d.4).adding(-2.5, times: d.2),
      nearEven.adding(p, times: nearOdd), nearEven.adding(-p, times: nearOdd),
      farEven.adding(q, times: farOdd), farEven.adding(-q, times: farOdd),
      (d.1 + d.5).adding(-2.5, times: d.3)
    )
  }

  /// Aᵀ m: the polynomial's coefficients from its values.
  @_transparent static func output(_ m: Points) -> Outputs {
    let (nearSum, nearDifference) = (m.1 + m.2, m.1 - m.2)
    let (farSum, farDifference) = (m.3 + m.4, m.3 - m.4)
    return (
      m.0 + nearSum + farSum,
      (nearDifference * p).adding(q, times: farDifference),
      (nearSum * 0.5).adding(2, times: farSum),
      m.5.adding(0.5 * p, times: nearDifference).adding(2 * q, times: farDifference)
    )
  }

  /// G g: the filter's values at the points, over the products of the points' distances.
  @_transparent static func filter(_ g: (Lane, Lane, Lane)) -> Points {
    let (near, far): (Float, Float) = (-1 / 1.5, 1 / 6)
    let nearEven = (g.0 * near).adding(0.5 * near, times: g.2)
    let nearOdd = g.1 * (p * near)
    let farEven = (g.0 * far).adding(2 * far, times: g.2)
    let farOdd = g.1 * (q * far)
    return (
      g.0, nearEven + nearOdd, nearEven - nearOdd, farEven + farOdd, farEven - farOdd, g.2
    )
  }

  /// A y: the transpose of `output`, for the gradient of the products.
  @_transparent static func outputGradient(_ y: Outputs) -> Points {
    let nearEven = y.0.adding(0.5, times: y.2)
    let nearOdd = y.1.adding(0.5, times: y.3)
    let farEven = y.0.adding(2, times: y.2)
    let farOdd = y.1.adding(2, times: y.3)
    return (
      y.0, nearEven.adding(p, times: nearOdd), nearEven.adding(-p, times: nearOdd),
      farEven.adding(q, times: farOdd), farEven.adding(-q, times: farOdd), y.3
    )
  }

  /// Gᵀ w: the transpose of `filter`, for the gradient of the filter.
  @_transparent static func filterGradient(_ w: Points) -> (Lane, Lane, Lane) {
    let (near, far): (Float, Float) = (-1 / 1.5, 1 / 6)
    let (nearSum, nearDifference) = (w.1 + w.2, w.1 - w.2)
    let (farSum, farDifference) = (w.3 + w.4, w.3 - w.4)
    return (
      w.0.adding(near, times: nearSum).adding(far, times: farSum),
      (nearDifference * (p * near)).adding(q * far, times: farDifference),
      w.5.adding(0.5 * near, times: nearSum).adding(2 * far, times: farSum)
    )
  }
}
