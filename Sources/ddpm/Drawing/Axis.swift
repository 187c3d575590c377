// An edge of a plot: where a number lies on it, and which numbers are marked.

import Foundation

/// A range of numbers laid along an edge.
package struct Axis: Equatable, Sendable {
  /// How numbers are spread.
  package enum Scale: Equatable, Sendable {
    /// Equal differences are equal lengths.
    case linear
    /// Equal ratios are equal lengths; all numbers are above 0.
    case logarithmic
  }

  /// A number that is marked.
  package struct Tick: Equatable, Sendable {
    package let value: Double
    package let label: String
  }

  package let scale: Scale
  package let range: ClosedRange<Double>
  /// The marked numbers, in rising order.
  package let ticks: [Tick]

  /// Where a number lies: 0 is the axis's beginning, 1 its end.
  package func position(of value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return switch scale {
    case .linear: (value - low) / (high - low)
    case .logarithmic: (log(value) - log(low)) / (log(high) - log(low))
    }
  }
}

// MARK: - Axes for numbers

extension Axis {
  /// An axis from 0 for counts, at most `most` marks on it.
  package static func counts(upTo count: Int, ticks most: Int) -> Axis {
    let range = 0...Double(max(1, count))
    return Axis(
      scale: .linear, range: range, ticks: linearTicks(in: range, atMost: most, whole: true))
  }

  /// An axis for shares, from 0 to 1, at most `most` marks on it.
  package static func shares(ticks most: Int) -> Axis {
    Axis(scale: .linear, range: 0...1, ticks: linearTicks(in: 0...1, atMost: most, whole: false))
  }

  /// An axis for losses: logarithmic where their range is worth it, a little wider than they are.
  package static func losses(_ values: [Double], ticks most: Int) -> Axis {
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    if low > 0, high / low >= ratioForLogarithm {
      let margin = pow(high / low, Axis.margin)
      let range = low / margin...min(high * margin, .greatestFiniteMagnitude)
      return Axis(
        scale: .logarithmic, range: range, ticks: logarithmicTicks(in: range, atMost: most))
    }
    let spread = high > low ? high - low : max(abs(high), smallestSpread)
    let range = low - Axis.margin * spread...high + Axis.margin * spread
    return Axis(
      scale: .linear, range: range, ticks: linearTicks(in: range, atMost: most, whole: false))
  }

  /// From this ratio of the largest to the smallest on, a linear axis hides the small ones.
  private static let ratioForLogarithm = 3.0
  /// Share of the range that is free at both ends.
  private static let margin = 0.05
  private static let smallestSpread = 1e-6
  /// Fewer marks on a logarithmic axis do not show what it is.
  private static let fewestTicks = 3

  /// Multiples of 1, 2 or 5 times a power of ten: as many as are allowed.
  private static func linearTicks(
    in range: ClosedRange<Double>, atMost most: Int, whole: Bool
  ) -> [Tick] {
    let least = (range.upperBound - range.lowerBound) / Double(most)
    let power = pow(10, floor(log10(least)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? 10 * power
    let distance = whole ? max(1, step) : step
    let decimals = max(0, -Int(floor(log10(distance) + 1e-9)))
    let first = (range.lowerBound / distance).rounded(.up)
    let last = (range.upperBound / distance).rounded(.down)
    guard first <= last else { return [] }
    return stride(from: first, through: last, by: 1).map {
      Tick(value: $0 * distance, label: label($0 * distance, decimals: decimals))
    }
  }

  /// Round numbers of each power of ten, or of every so many powers: as many as are allowed.
  private static func logarithmicTicks(
    in range: ClosedRange<Double>, atMost most: Int
  ) -> [Tick] {
    let powers = Int(floor(log10(range.lowerBound)))...Int(floor(log10(range.upperBound)))
    let patterns = [
      ([1, 2, 3, 4, 5, 6, 8], 1), ([1, 2, 3, 5, 7], 1), ([1, 2, 5], 1), ([1, 3], 1), ([1], 1),
      ([1], 2), ([1], 5), ([1], 10), ([1], 50),
    ]
    let candidates = patterns.map { digits, every in
      powers.filter { $0 % every == 0 }.flatMap { power in
        digits.map { (value: Double($0) * pow(10, Double(power)), power: power) }
      }.filter { range.contains($0.value) }
    }
    guard
      let chosen = candidates.first(where: { $0.count <= most }), chosen.count >= fewestTicks
    else {
      return linearTicks(in: range, atMost: most, whole: false).filter { $0.value > 0 }
    }
    return chosen.map { Tick(value: $0.value, label: label($0.value, decimals: max(0, -$0.power))) }
  }

  /// A number with thousands set apart, without a sign before 0.
  private static func label(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value == 0 ? 0 : value)
    guard decimals == 0, value >= 10_000 else { return text }
    let digits = Array(text)
    return digits.indices.reduce(into: "") { label, place in
      if place > 0, (digits.count - place) % 3 == 0 { label.append(",") }
      label.append(digits[place])
    }
  }
}
