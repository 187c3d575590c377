// The squared error between two blocks of floats, and its gradient.

/// Adds weight·Σ (y - target)² to a sum and writes dy = slope·(y - target).
///
/// - Parameters:
///   - slope: 2·weight over the number of values the mean is taken of.
///   - sum: what is added to, value after value: several calls give the bytes of one.
package func addSquaredError(
  _ y: Floats, target: Floats, gradient dy: Floats, slope: Float, weight: Double,
  to sum: inout Double
) {
  target.require([y.count], "the target")
  dy.require([y.count], "dy")
  var total = sum
  vectorized(y.count) { i, n in
    let difference = Vector(at: y.base + i) - Vector(at: target.base + i)
    (difference * slope).store(first: n, at: dy.base + i)
    for j in 0..<n { total += weight * Double(difference[j]) * Double(difference[j]) }
  }
  sum = total
}
