// Downsampling against means worked out by hand.

import Numerics
import Testing

struct ResamplingTests {
  @Test func halvingTakesMeansOfFour() {
    let small = Pixels.resample(
      [0, 10, 20, 30, 100, 110, 40, 51], from: (2, 4), to: (1, 2), channels: 1)
    // (0 + 10 + 100 + 110)/4 = 55 and (20 + 30 + 40 + 51)/4 = 35.25.
    #expect(small == [55, 35])
  }

  @Test func aPixelOverAnEdgeCountsByItsShare() {
    // Three pixels to two: 90·⅔ + 30·⅓ and 30·⅓ + 60·⅔.
    #expect(Pixels.resample([90, 30, 60], from: (1, 3), to: (1, 2), channels: 1) == [70, 50])
    #expect(Pixels.resample([90, 30, 60], from: (3, 1), to: (2, 1), channels: 1) == [70, 50])
  }

  @Test func channelsAndImagesStayApart() {
    let two: [UInt8] = [0, 100, 10, 120, 200, 7, 220, 9]
    #expect(Pixels.resample(two, from: (1, 2), to: (1, 1), channels: 2) == [5, 110, 210, 8])
  }

  @Test(arguments: [(3, 5), (1, 1), (7, 2)])
  func theSameSizeAndFlatImagesStayAsTheyAre(height: Int, width: Int) {
    let image = (0..<2 * height * width).map { UInt8($0 * 7) }
    #expect(
      Pixels.resample(image, from: (height, width), to: (height, width), channels: 1) == image)
    let white = [UInt8](repeating: 255, count: 28 * 28)
    #expect(
      Pixels.resample(white, from: (28, 28), to: (height, width), channels: 1)
        == [UInt8](repeating: 255, count: height * width))
  }
}
