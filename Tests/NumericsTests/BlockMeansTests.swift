// Block means: what they are afterwards, and that nothing else of a block changes.

import Kernels
import Numerics
import Testing

@Suite struct BlockMeansTests {
  /// An image of 4 x 6 pixels of two channels, in blocks of 2 x 2.
  private let values = (0..<48).map { Float(($0 * 29) % 17) / 8 - 1 }
  private let means: [Float] = (0..<12).map { Float($0) / 6 - 0.9 }

  private func changed(_ change: (BlockMeans) -> Void) -> [Float] {
    let (image, wanted) = (FloatMemory(values), FloatMemory(means))
    return withExtendedLifetime((image, wanted)) {
      change(BlockMeans(of: image.all, wanted.all, width: 6, channels: 2, factor: 2))
      return image.all.array
    }
  }

  /// The values of a block's channel.
  private func block(_ image: [Float], _ number: Int, _ channel: Int) -> [Float] {
    let (row, column) = (number / 3 * 2, number % 3 * 2)
    return [(0, 0), (0, 1), (1, 0), (1, 1)].map { y, x in
      image[((row + y) * 6 + column + x) * 2 + channel]
    }
  }

  @Test func meansAreSetAndDifferencesStay() {
    let result = changed { $0.set() }
    for number in 0..<6 {
      for channel in 0..<2 {
        let (now, before) = (block(result, number, channel), block(values, number, channel))
        #expect(abs(now.reduce(0, +) / 4 - means[number * 2 + channel]) < 1e-6)
        #expect(zip(now, before).allSatisfy { abs(($0 - now[0]) - ($1 - before[0])) < 1e-6 })
      }
    }
  }

  @Test func withinABoundMeansAreRightToo() {
    let result = changed { $0.set(within: 1) }
    #expect(result.allSatisfy { abs($0) <= 1 })
    for number in 0..<6 {
      for channel in 0..<2 {
        let mean = block(result, number, channel).reduce(0, +) / 4
        #expect(abs(mean - min(means[number * 2 + channel], 1)) < 1e-6)
      }
    }
  }
}
