// Random test numbers, the same in every run.

import Kernels

/// Multiples of 1/8 in ±1.
///
/// A sum of up to 2¹⁸ products of two of them is exact in Float: whatever the order of its terms,
/// a kernel that adds the right ones has the reference's bits.
package func eighths(_ count: Int, seed: UInt64) -> [Float] {
  uniform(count, seed: seed).map { ($0 * 8).rounded() / 8 }
}

/// Uniform in ±bound.
package func uniform(_ count: Int, bound: Float = 1, seed: UInt64) -> [Float] {
  let memory = FloatMemory(count: count)
  Philox(seed: seed, stream: 0).fillUniform(memory.all, bound: bound, item: 0)
  return memory.all.array
}

extension Sequence<Float> {
  /// The same numbers for a reference.
  package var doubles: [Double] { map(Double.init) }
}
