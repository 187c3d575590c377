// A mean of random values, and how far it may be from the truth.

/// The mean of independent values with its standard error.
public struct SampleMean: Codable, Equatable, Sendable {
  /// The mean.
  public let mean: Double
  /// The standard deviation of the mean; nil for a single value, which gives no estimate of it.
  public let standardError: Double?

  /// Averages one or more values.
  package init(_ values: [Double]) {
    precondition(!values.isEmpty, "a mean of no values")
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardError = values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
  }
}
