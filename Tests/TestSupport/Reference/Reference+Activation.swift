// SiLU and its derivative.

import Foundation

extension Reference {
  package static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// x·σ(x).
  package static func silu(_ x: Double) -> Double { x * sigmoid(x) }

  /// σ(x) + x·σ(x)·(1 - σ(x)).
  package static func siluSlope(_ x: Double) -> Double {
    sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))
  }
}
