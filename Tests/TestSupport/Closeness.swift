// Comparison of results with their references.

import Foundation
import Testing

/// Expects exactly the reference's numbers, for operands whose sums are exact in Float.
package func expectExact(
  _ actual: [Float], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(actual, expected, absolute: 0, relative: 0, sourceLocation: sourceLocation)
}

/// Expects every |actual - expected| to be at most absolute + relative·|expected|.
package func expectClose(
  _ actual: [Float], _ expected: [Double], absolute: Double, relative: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, sourceLocation: sourceLocation)
  for (i, (value, reference)) in zip(actual, expected).enumerated() {
    let allowed = absolute + relative * abs(reference)
    // False for NaN.
    guard abs(Double(value) - reference) <= allowed else {
      Issue.record(
        "\(value) at \(i) of \(actual.count) is not within \(allowed) of \(reference)",
        sourceLocation: sourceLocation)
      return
    }
  }
}

/// How many of the Float's units in the last place a result is from the exact one.
package func unitsInTheLastPlace(_ actual: Float, from exact: Double) -> Double {
  abs(Double(actual) - exact) / Double(Float(exact).ulp)
}
