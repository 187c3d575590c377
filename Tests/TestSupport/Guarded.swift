// Float memory that detects accesses outside of it.

import Kernels
import Testing

/// Floats between two guards, off the cache lines.
///
/// Operands are surrounded by NaN: a read outside, which is legal within the slack, turns results
/// into NaN if it has an influence on them. Results are surrounded by one number, which a write
/// outside replaces. The owner of the floats must keep this value too: a temporary would free them
/// before the kernel runs.
package struct Guarded {
  private let memory: FloatMemory
  private let guardian: Float
  /// The floats between the guards.
  package let floats: Floats

  /// An operand.
  package init(_ values: [Float]) {
    self.init(count: values.count, guardian: .nan)
    floats.copy(from: values)
  }

  /// A result that is added to these values.
  package init(target values: [Float]) {
    self.init(count: values.count, guardian: 12_345.678)
    floats.copy(from: values)
  }

  /// A result that must replace what is there: not-a-numbers.
  package init(count: Int) {
    self.init(target: [Float](repeating: .nan, count: count))
  }

  private init(count: Int, guardian: Float) {
    self.guardian = guardian
    memory = FloatMemory(count: count + 2 * Guarded.margin)
    memory.all.fill(guardian)
    floats = memory.all.slice(Guarded.margin, count)
  }

  /// More than a tile's columns, and odd so that nothing is aligned by luck.
  private static let margin = 67

  /// The floats, having checked that nothing was written around them.
  package func values(sourceLocation: SourceLocation = #_sourceLocation) -> [Float] {
    let end = Guarded.margin + floats.count
    let guards = memory.all.prefix(Guarded.margin) + memory.all.slice(end, Guarded.margin).array
    #expect(
      guards.allSatisfy { $0.bitPattern == guardian.bitPattern },
      "wrote outside \(floats.count) floats", sourceLocation: sourceLocation)
    return floats.array
  }
}
