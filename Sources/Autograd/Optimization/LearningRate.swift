// The learning rate over a training: a linear rise, then half a cosine down to nothing.

import Foundation

/// rate(step) = peak·step/warmup while warming up, then peak·(1 + cos(π·progress))/2
/// (Loshchilov & Hutter 2017, without restarts).
package struct LearningRate: Sendable {
  package let peak: Double
  /// Steps of the rise.
  package let warmup: Int
  /// Steps of the whole training.
  package let total: Int

  package init(peak: Double, warmup: Int, total: Int) {
    self.peak = peak
    self.warmup = warmup
    self.total = total
  }

  /// - Parameter step: counted from 0.
  package func callAsFunction(_ step: Int) -> Double {
    if step < warmup { return peak * Double(step) / Double(warmup) }
    let progress = Double(step - warmup) / Double(max(1, total - warmup))
    return peak * max(0, (1 + cos(.pi * progress)) / 2)
  }
}
