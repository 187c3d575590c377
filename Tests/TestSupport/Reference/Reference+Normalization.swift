// Group normalisation, group by group.

import Kernels

extension Reference {
  /// x̂ = (x - mean)/√(variance + ε) for one image, and 1/√(variance + ε) of each element's group.
  package static func normalized(
    _ shape: NormalizationShape, _ x: [Double]
  ) -> (values: [Double], inverse: [Double]) {
    var values = x
    var inverse = x
    for places in groups(shape) {
      let mean = places.reduce(0) { $0 + x[$1] } / Double(places.count)
      let variance =
        places.reduce(0) { $0 + (x[$1] - mean) * (x[$1] - mean) } / Double(places.count)
      for i in places {
        inverse[i] = 1 / (variance + Double(shape.epsilon)).squareRoot()
        values[i] = (x[i] - mean) * inverse[i]
      }
    }
    return (values, inverse)
  }

  /// The indices of each group's elements.
  private static func groups(_ shape: NormalizationShape) -> [[Int]] {
    let size = shape.channels / shape.groups
    return (0..<shape.groups).map { group in
      (0..<shape.count).filter { $0 % shape.channels / size == group }
    }
  }

  /// act(γ·x̂ + β).
  package static func groupNorm(
    _ shape: NormalizationShape, _ x: [Double], gamma: [Double], beta: [Double],
    _ activation: Activation
  ) -> [Double] {
    let normal = normalized(shape, x).values
    return normal.indices.map { i in
      let z = gamma[i % shape.channels] * normal[i] + beta[i % shape.channels]
      return activation == .silu ? silu(z) : z
    }
  }

  /// Gradients with respect to x, γ and β by the chain rule: with n elements in the group,
  /// ∂x̂_j/∂x_i = (δ_ij - 1/n - x̂_i·x̂_j/n)/deviation.
  package static func groupNormGradients(
    _ shape: NormalizationShape, _ x: [Double], gamma: [Double], beta: [Double],
    _ activation: Activation, dy: [Double]
  ) -> (dx: [Double], dgamma: [Double], dbeta: [Double]) {
    let (normal, inverse) = normalized(shape, x)
    var (dgamma, dbeta) = (gamma.map { _ in 0.0 }, beta.map { _ in 0.0 })
    var dnormal = dy
    for i in x.indices {
      let c = i % shape.channels
      let z = gamma[c] * normal[i] + beta[c]
      let dz = dy[i] * (activation == .silu ? siluSlope(z) : 1)
      dgamma[c] += dz * normal[i]
      dbeta[c] += dz
      dnormal[i] = dz * gamma[c]
    }
    var dx = dy
    for places in groups(shape) {
      let share = 1 / Double(places.count)
      let sum = places.reduce(0) { $0 + dnormal[$1] }
      let projection = places.reduce(0) { $0 + dnormal[$1] * normal[$1] }
      for i in places {
        dx[i] = inverse[i] * (dnormal[i] - share * sum - share * projection * normal[i])
      }
    }
    return (dx, dgamma, dbeta)
  }
}
