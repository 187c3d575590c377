// Average pooling and its gradient against the reference, exactly.

import Kernels
import TestSupport
import Testing

/// Heights and widths: even, odd, and too small to be halved.
private let sizes = [(4, 6), (3, 5), (2, 3), (1, 4), (5, 1), (1, 1)]

@Test(arguments: sizes, awkwardChannels)
func poolingAveragesThePixelsThereAre(size: (Int, Int), channels: Int) {
  let (height, width) = size
  let x = eighths(height * width * channels, seed: 1)
  let reference = Reference.pooling(height: height, width: width, channels: channels)
  let count = (height + 1) / 2 * ((width + 1) / 2) * channels
  var expected = [Double](repeating: 0, count: count)
  for (value, (place, shared)) in zip(x, reference) {
    expected[place] += Double(value) / Double(shared)
  }
  let (input, y) = (Guarded(x), Guarded(count: count))
  averagePoolForward(
    input.floats, height: height, width: width, channels: channels, into: y.floats)
  // Halves and quarters of eighths have no rounding.
  expectExact(y.values(), expected)
}

@Test(arguments: sizes, awkwardChannels)
func poolingSharesItsGradient(size: (Int, Int), channels: Int) {
  let (height, width) = size
  let reference = Reference.pooling(height: height, width: width, channels: channels)
  let dy = eighths((height + 1) / 2 * ((width + 1) / 2) * channels, seed: 2)
  let earlier = eighths(reference.count, seed: 3)
  let expected = reference.map { Double(dy[$0.place]) / Double($0.shared) }
  let gradient = Guarded(dy)
  let (replaced, added) = (Guarded(count: earlier.count), Guarded(target: earlier))
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    averagePoolBackward(
      gradient.floats, height: height, width: width, channels: channels, into: dx.floats,
      accumulation)
  }
  expectExact(replaced.values(), expected)
  expectExact(added.values(), zip(expected, earlier).map { $0 + Double($1) })
}
