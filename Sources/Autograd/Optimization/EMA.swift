// The decay of the exponential moving average (EMA) of the weights.

/// decay(n) = min(maximumDecay, (1 + n) / (10 + n)) after n steps. With a constant decay the EMA of
/// a short training would be dominated by the initial weights; hence this warm-up, as in diffusers'
/// EMAModel.
package struct EMA: Sendable {
  /// The decay of the long run.
  package let maximumDecay: Double

  package init(maximumDecay: Double) {
    self.maximumDecay = maximumDecay
  }

  /// The decay at an optimizer step counted from 1; the first one copies.
  package func decay(_ step: Int) -> Double {
    let n = Double(max(0, step - 1))
    return n == 0 ? 0 : min(maximumDecay, (1 + n) / (10 + n))
  }
}
