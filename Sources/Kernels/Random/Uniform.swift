// Uniform random numbers as a pure function of seed, stream, item and index.

extension Philox {
  /// Fills with independent floats, uniform in (-bound, bound).
  package func fillUniform(_ target: Floats, bound: Float, item: UInt32) {
    for start in stride(from: 0, to: target.count, by: 4) {
      let words = block(item: item, time: 0, index: UInt32(truncatingIfNeeded: start / 4))
      for i in 0..<min(4, target.count - start) {
        target.base[start + i] = bound * ((Float(words[i] >> 8) + 0.5) * 0x1p-23 - 1)
      }
    }
  }

  /// Fills with `kept` with probability 1 - rate, else with 0: a dropout mask.
  package func fillMask(
    _ target: Floats, rate: Float, kept: Float, item: UInt32, time: UInt32
  ) {
    let threshold = UInt32(Double(rate) * 0x1p32)
    for start in stride(from: 0, to: target.count, by: 4) {
      let words = block(item: item, time: time, index: UInt32(truncatingIfNeeded: start / 4))
      for i in 0..<min(4, target.count - start) {
        target.base[start + i] = words[i] < threshold ? 0 : kept
      }
    }
  }
}
