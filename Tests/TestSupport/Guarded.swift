// Float memory that notices kernels leaving it.

import Kernels
import Testing

/// Floats between two runs of not-a-numbers.
///
/// A write outside replaces a not-a-number; a read outside, legal as far as the slack goes, turns
/// results into not-a-numbers if it has an influence on them. The floats lie off the cache lines.
/// Whoever holds the floats has to hold this too: a temporary would free them before the kernel runs.
package struct Guarded {
  private let memory: FloatMemory
  /// The floats between the guards.
  package let floats: Floats

  package init(_ values: [Float]) {
    self.init(count: values.count)
    floats.copy(from: values)
  }

  /// Not-a-numbers, for a result that must replace what its target holds.
  package init(count: Int) {
    memory = FloatMemory(count: count + 2 * Guarded.margin)
    memory.all.fill(.nan)
    floats = memory.all.slice(Guarded.margin, count)
  }

  /// More than a tile's columns, and odd so that nothing is aligned by luck.
  private static let margin = 67

  /// The floats, having checked that nothing was written around them.
  package func values(sourceLocation: SourceLocation = #_sourceLocation) -> [Float] {
    let end = Guarded.margin + floats.count
    let guards = memory.all.prefix(Guarded.margin) + memory.all.slice(end, Guarded.margin).array
    let written = guards.indices.filter { !guards[$0].isNaN }
    #expect(
      written.isEmpty, "wrote outside \(floats.count) floats at \(written)",
      sourceLocation: sourceLocation)
    return floats.array
  }
}
