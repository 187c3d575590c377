// Transforms 3x3 filters, and transforms their gradients back.

/// The weights in the transformed domain: G g Gᵀ for every filter.
///
/// - Parameters:
///   - weights: [3, 3, I, O], or the flipped ones, [3, 3, O, I], for the input gradient.
///   - filters: I·O.
///   - transformed: [36, I, O].
package func winogradWeights(_ weights: Floats, filters: Int, into transformed: Floats) {
  weights.require([9, filters], "the weights")
  transformed.require([Winograd.components, filters], "the transformed weights")
  withUnsafeTemporaryAllocation(of: Vector.self, capacity: 3 * F4.points) { buffer in
    guard let spare = buffer.baseAddress else { return }
    vectorized(filters) { i, n in
      for x in 0..<3 {
        F4.filter(
          { Vector(at: weights.base + (3 * $0 + x) * filters + i) },
          into: { spare[3 * $0 + x] = $1 })
      }
      for y in 0..<F4.points {
        let row = spare + 3 * y
        let target = transformed.base + F4.points * y * filters + i
        F4.filter({ row[$0] }, into: { $1.store(first: n, at: target + $0 * filters) })
      }
    }
  }
}

/// dw += Gᵀ w G for every filter.
func addFilterGradient(_ transformed: Operand, filters: Int, to dw: Operand) {
  transformed.require([(Winograd.components * filters, 1)], "the transformed gradient")
  dw.require([(9 * filters, 1)], "dw")
  let (transformed, dw) = (transformed.address, dw.address)
  withUnsafeTemporaryAllocation(of: Vector.self, capacity: 3 * F4.points) { buffer in
    guard let spare = buffer.baseAddress else { return }
    vectorized(filters) { i, n in
      for x in 0..<F4.points {
        F4.filterGradient(
          { Vector(at: transformed + (F4.points * $0 + x) * filters + i) },
          into: { spare[F4.points * $0 + x] = $1 })
      }
      for y in 0..<3 {
        let row = spare + F4.points * y
        let target = dw + 3 * y * filters + i
        F4.filterGradient(
          { row[$0] },
          into: { x, value in
            let place = target + x * filters
            (Vector(at: place) + value).store(first: n, at: place)
          })
      }
    }
  }
}
