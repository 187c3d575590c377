// The random numbers of one drawn image, one after the other.

internal import Kernels

/// A walk through the Philox words that belong to one image.
struct Draws {
  private let philox: Philox
  private let item: UInt32
  private var position: UInt32 = 0

  /// The numbers of image `item` of the stream of `philox`.
  init(philox: Philox, item: UInt32) {
    self.philox = philox
    self.item = item
  }

  /// Uniform between the range's ends.
  mutating func uniform(in range: ClosedRange<Double>) -> Double {
    let words = philox.block(item: item, time: 0, index: position / wordsPerBlock)
    let share = Double(words[Int(position % wordsPerBlock)]) / 0x1p32
    position += 1
    return range.lowerBound + (range.upperBound - range.lowerBound) * share
  }

  /// Nearly normal: the sum of four uniform numbers, which never strays further than 3.5
  /// deviations, where a digit would become unreadable, and needs no function whose last bit
  /// differs between systems.
  mutating func normal(mean: Double, deviation: Double) -> Double {
    let sum = (0..<4).reduce(0) { sum, _ in sum + uniform(in: -1...1) }
    // A number uniform in -1 ... 1 has variance 1/3.
    return mean + deviation * sum * (3.0 / 4).squareRoot()
  }

  private let wordsPerBlock: UInt32 = 4
}
