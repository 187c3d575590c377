// Upsampling and its gradient, exactly.

import Kernels
import TestSupport
import Testing

@Test(arguments: awkwardChannels)
func everyPixelBecomesFour(channels: Int) {
  let (height, width) = (3, 5)
  let x = eighths(height * width * channels, seed: 1)
  let (input, y) = (Guarded(x), Guarded(count: 4 * x.count))
  upsampleForward(
    input.floats, height: height, width: width, channels: channels, into: y.floats)
  let values = y.values()
  for i in values.indices {
    let (row, column) = (i / channels / (2 * width), i / channels % (2 * width))
    #expect(values[i] == x[(row / 2 * width + column / 2) * channels + i % channels])
  }
}

@Test(arguments: awkwardChannels)
func theGradientOfFourPixelsIsSummed(channels: Int) {
  let (height, width) = (3, 5)
  let dy = eighths(4 * height * width * channels, seed: 1)
  let earlier = eighths(height * width * channels, seed: 2)
  var expected = [Double](repeating: 0, count: earlier.count)
  for i in dy.indices {
    let (row, column) = (i / channels / (2 * width), i / channels % (2 * width))
    expected[(row / 2 * width + column / 2) * channels + i % channels] += Double(dy[i])
  }
  let (gradient, replaced, added) = (
    Guarded(dy), Guarded(count: earlier.count), Guarded(target: earlier)
  )
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    upsampleBackward(
      gradient.floats, height: height, width: width, channels: channels, into: dx.floats,
      accumulation)
  }
  expectExact(replaced.values(), expected)
  expectExact(added.values(), zip(expected, earlier).map { $0 + Double($1) })
}
