// The squared error between two blocks of floats, and its gradient.

/// Returns Σ (y - target)² and writes dy = slope·(y - target).
///
/// - Parameter slope: 2 over the number of values the mean is taken of.
package func squaredError(
  _ y: Floats, target: Floats, gradient dy: Floats, slope: Float, count: Int
) -> Double {
  var total = 0.0
  vectorized(count) { i, n in
    let difference = Vector(at: y.base + i) - Vector(at: target.base + i)
    (difference * slope).store(first: n, at: dy.base + i)
    for j in 0..<n { total += Double(difference[j]) * Double(difference[j]) }
  }
  return total
}
