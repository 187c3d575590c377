// What the library's results have in common: a value, and often its error.

import Diffusion

/// A number with its standard error, where it has one.
protocol Measured {
  var value: Double { get }
  var error: Double? { get }
  /// The number as the report's JSON has it.
  var json: JSON { get }
  /// All its digits.
  var digits: String { get }
}

extension Measured {
  var json: JSON {
    .object([
      .init("mean", .finite(value)), .init("standard_error", error.map(JSON.finite) ?? .null),
    ])
  }

  var digits: String { value.description }
}

extension SampleMean: Measured {
  var value: Double { mean }
  var error: Double? { standardError }
}

extension FrechetDistance: Measured {
  var error: Double? { standardError }
}

extension FrechetExtrapolation: Measured {
  var error: Double? { standardError }
}

extension KernelDistance: Measured {
  var error: Double? { standardError }
}

extension Double: Measured {
  var value: Double { self }
  var error: Double? { nil }
  var json: JSON { .finite(self) }
}

extension Int: Measured {
  var value: Double { Double(self) }
  var error: Double? { nil }
  var json: JSON { .integer(self) }
  var digits: String { description }
}

extension JSON {
  /// A number, or null where JSON has no spelling for it.
  static func finite(_ value: Double) -> JSON { value.isFinite ? .number(value) : .null }
}
