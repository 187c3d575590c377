// How fast the average of the weights forgets.

/// decay(n) = min(maximumDecay, (1 + n) / (10 + n)) after n steps: an average that starts with the first
/// weights would still be mostly them after a short training, so it first forgets quickly
/// (the warm-up of diffusers' EMAModel).
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
