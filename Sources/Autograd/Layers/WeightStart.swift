// What a layer's weights are before the first step.

/// The first weights of a layer.
package enum WeightStart: Sendable {
  /// Uniform within ±1/√inputs, as PyTorch's layers begin.
  case usual
  /// A hundredth of that: a residual branch begins as next to nothing, and the network as shallow
  /// as it can be. Not zero, so that also an untrained network depends on all that it is told.
  case small

  /// - Parameter bound: 1/√inputs.
  func initial(_ bound: Float) -> Parameter.Initial {
    switch self {
    case .usual: .uniform(bound)
    case .small: .uniform(bound / 100)
    }
  }
}
