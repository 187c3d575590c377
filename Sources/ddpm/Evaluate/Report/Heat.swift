// The colours of tables: how far a number is from that of real images, where that is more than chance.

import Foundation

/// How far numbers are from those of real images, from 0 for as good to 1 for far away.
package enum Heat {
  /// Which way is better, and what the distance from real images is measured by.
  package enum Scale: Equatable, Sendable {
    case less(Unit)
    case more(Unit)
  }

  /// What the distance from real images is measured by.
  package enum Unit: Equatable, Sendable {
    /// The ratio to their number, 32 at most.
    case ratio
    /// The standard error of their number, for numbers near 0; 2^7 at most.
    case errors
    /// The difference of shares, 0.5 at most.
    case shares
  }

  private static let (hottestRatio, hottestErrors, hottestShare) = (32.0, 128.0, 0.5)
  /// A difference of less than this many standard errors is taken for chance.
  package static let chance = 2.0

  /// The distance of a number from that of real images.
  ///
  /// - Returns: nil where the difference is chance, which is not to be coloured as good or bad.
  package static func of(
    _ number: (value: Double, error: Double?), realImages real: (value: Double, error: Double?),
    on scale: Scale
  ) -> Double? {
    if isChance(number, real) { return nil }
    let difference = number.value - real.value
    let (excess, unit) =
      switch scale {
      case .less(let unit): (max(0, difference), unit)
      case .more(let unit): (max(0, -difference), unit)
      }
    let heat =
      switch unit {
      case .ratio:
        log(1 + excess / max(real.value, .leastNormalMagnitude)) / log(hottestRatio)
      case .errors:
        log2(1 + excess / max(real.error ?? 0, .leastNormalMagnitude)) / log2(hottestErrors)
      case .shares: excess / hottestShare
      }
    return min(1, heat)
  }

  /// Whether two numbers differ by no more than chance may make them.
  static func isChance(
    _ a: (value: Double, error: Double?), _ b: (value: Double, error: Double?)
  ) -> Bool {
    abs(a.value - b.value) <= chance * hypot(a.error ?? 0, b.error ?? 0)
  }
}
