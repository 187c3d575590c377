// What a layer's weights are before the first step.

/// The first weights of a layer.
package enum WeightStart: Sendable {
  /// Uniform within ±1/√inputs, as PyTorch's layers begin.
  case usual
  /// A hundredth of that: a residual branch starts close to zero, so that the network starts close
  /// to a shallow one. Not zero, so that an untrained network also depends on all its inputs.
  case small

  /// - Parameter bound: 1/√inputs.
  func initial(_ bound: Float) -> Parameter.Initial {
    switch self {
    case .usual: .uniform(bound)
    case .small: .uniform(bound / 100)
    }
  }
}
