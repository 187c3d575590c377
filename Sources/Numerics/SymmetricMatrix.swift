// Symmetric matrices in double precision: covariance, eigenvalues and square roots.

/// A symmetric matrix, [order, order].
package struct SymmetricMatrix: Equatable, Sendable {
  package let order: Int
  package let values: [Double]

  package init(order: Int, values: [Double]) {
    self.order = order
    self.values = values
  }

  /// The sum of the diagonal.
  package var trace: Double { (0..<order).reduce(0) { $0 + values[$1 * order + $1] } }

  /// The eigenvalues in no order, and the eigenvectors in the rows of a matrix.
  ///
  /// Jacobi's method: rotations that zero one element after the other until what is left beside the
  /// diagonal is rounding. Slower than reduction to tridiagonal form, but short, and accurate also
  /// for the eigenvalues that are nearly zero, of which covariances have many.
  package func eigen() -> (values: [Double], vectors: [Double]) {
    var (a, vectors) = (values, [Double](repeating: 0, count: order * order))
    for i in 0..<order { vectors[i * order + i] = 1 }
    let total = values.reduce(0) { $0 + $1 * $1 }
    let negligible = total * Double.ulpOfOne * Double.ulpOfOne
    for _ in 0..<SymmetricMatrix.mostSweeps {
      var rest = 0.0
      for p in 0..<order {
        for q in p + 1..<order { rest += a[p * order + q] * a[p * order + q] }
      }
      // False also if a value is NaN: then the loop ends.
      guard rest > negligible else { break }
      sweep(&a, &vectors)
    }
    return ((0..<order).map { a[$0 * order + $0] }, vectors)
  }

  /// Convergence is quadratic: about ten sweeps are enough for any matrix met so far.
  private static let mostSweeps = 64

  /// Zeroes each element above the diagonal once (Golub & Van Loan 2013, Algorithm 8.5.1).
  private func sweep(_ a: inout [Double], _ vectors: inout [Double]) {
    let n = order
    for p in 0..<n {
      for q in p + 1..<n where a[p * n + q] != 0 {
        let tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
        let t = (tau < 0 ? -1 : 1) / (abs(tau) + (1 + tau * tau).squareRoot())
        let c = 1 / (1 + t * t).squareRoot()
        let s = t * c
        rotate(&a, p, q, by: n, c, s)
        rotate(&a, p * n, q * n, by: 1, c, s)
        rotate(&vectors, p * n, q * n, by: 1, c, s)
      }
    }
  }

  /// (x, y) = (c·x - s·y, s·x + c·y) for the elements of two columns or rows, which begin at x and y.
  @inline(__always)
  private func rotate(
    _ matrix: inout [Double], _ x: Int, _ y: Int, by step: Int, _ c: Double, _ s: Double
  ) {
    for k in 0..<order {
      let (i, j) = (x + k * step, y + k * step)
      (matrix[i], matrix[j]) = (c * matrix[i] - s * matrix[j], s * matrix[i] + c * matrix[j])
    }
  }

  /// The positive semi-definite root; eigenvalues that rounding made negative count as 0.
  package var squareRoot: SymmetricMatrix {
    let (eigenvalues, vectors) = eigen()
    var root = [Double](repeating: 0, count: order * order)
    for (k, eigenvalue) in eigenvalues.enumerated() where eigenvalue > 0 {
      let scale = eigenvalue.squareRoot()
      for i in 0..<order {
        let left = scale * vectors[k * order + i]
        for j in 0..<order { root[i * order + j] += left * vectors[k * order + j] }
      }
    }
    return SymmetricMatrix(order: order, values: root)
  }

  /// m·self·m.
  package func sandwiched(in m: SymmetricMatrix) -> SymmetricMatrix {
    let half = product(m.values, values)
    return SymmetricMatrix(order: order, values: product(half, m.values))
  }

  private func product(_ a: [Double], _ b: [Double]) -> [Double] {
    var c = [Double](repeating: 0, count: order * order)
    for i in 0..<order {
      for k in 0..<order {
        let factor = a[i * order + k]
        for j in 0..<order { c[i * order + j] += factor * b[k * order + j] }
      }
    }
    return c
  }
}

/// The mean of vectors and their covariance with Bessel's correction.
///
/// - Parameters:
///   - x: [n, dimension].
///   - counts: how often each vector counts; they sum up to two or more.
package func moments(
  _ x: [Float], dimension d: Int, counts: [Int]
) -> (mean: [Double], covariance: SymmetricMatrix) {
  let total = Double(counts.reduce(0, +))
  var mean = [Double](repeating: 0, count: d)
  for (row, count) in counts.enumerated() {
    for i in 0..<d { mean[i] += Double(count) * Double(x[row * d + i]) }
  }
  for i in 0..<d { mean[i] /= total }

  var upper = [Double](repeating: 0, count: d * d)
  var centered = mean
  for (row, count) in counts.enumerated() where count > 0 {
    for i in 0..<d { centered[i] = Double(x[row * d + i]) - mean[i] }
    for i in 0..<d {
      let factor = Double(count) * centered[i]
      for j in i..<d { upper[i * d + j] += factor * centered[j] }
    }
  }
  var covariance = upper
  for i in 0..<d {
    for j in i..<d {
      covariance[i * d + j] = upper[i * d + j] / (total - 1)
      covariance[j * d + i] = covariance[i * d + j]
    }
  }
  return (mean, SymmetricMatrix(order: d, values: covariance))
}
