// Channels first and channels last hold the same pixels in their own order.

import Numerics
import Testing

@Suite struct ChannelOrderTests {
  @Test func channelsLastInterleavesThePlanes() {
    // Two images of two channels and three pixels.
    let planes: [Float] = [1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60]
    let pixels: [Float] = [1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60]
    #expect(channelsLast(planes, channels: 2, pixels: 3) == pixels)
    #expect(channelsFirst(pixels, channels: 2, pixels: 3) == planes)
  }

  @Test(arguments: [(1, 1), (1, 9), (5, 1), (3, 35), (17, 7)])
  func oneUndoesTheOther(channels: Int, pixels: Int) {
    let values = (0..<3 * channels * pixels).map(Float.init)
    let there = channelsLast(values, channels: channels, pixels: pixels)
    #expect(channelsFirst(there, channels: channels, pixels: pixels) == values)
  }
}
