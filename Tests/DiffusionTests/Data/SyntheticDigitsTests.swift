// The built-in digits: the same for everyone, balanced, like MNIST's, readable.

import Diffusion
import Testing

struct SyntheticDigitsTests {
  @Test(arguments: Dataset.Split.allCases)
  func anImageDoesNotDependOnTheRange(split: Dataset.Split) {
    let all = SyntheticDigits.images(split, range: 0..<60)
    let some = SyntheticDigits.images(split, range: 23..<41)
    #expect(some.images == all.images[23..<41])
    #expect(some.labels == Array(all.labels[23..<41]))
    #expect(SyntheticDigits.images(split, range: 5..<5).images.count == 0)
  }

  // FNV-1a of the first 200 images, as first drawn; another value means that runs made before and
  // after, or on two machines, were trained on different data.
  static let hashes: [(Dataset.Split, UInt64)] = [
    (.train, 1_393_628_273_680_762_215), (.test, 4_246_158_203_918_019_078),
  ]

  @Test(arguments: hashes)
  func imagesAreTheSameBytesEverywhere(split: Dataset.Split, hash: UInt64) {
    let (images, _) = SyntheticDigits.images(split, range: 0..<200)
    let drawn = images.pixels.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    #expect(drawn == hash)
  }

  @Test func noImageIsDrawnTwiceInOrAcrossTheSplits() {
    let drawn = Dataset.Split.allCases.flatMap { split in
      let (images, _) = SyntheticDigits.images(split, range: 0..<500)
      return (0..<images.count).map { images[$0..<$0 + 1].pixels }
    }
    #expect(drawn.count == 1000)
    #expect(Set(drawn).count == drawn.count)
  }

  @Test func everyStretchOfTenHoldsEveryDigit() {
    let (images, labels) = SyntheticDigits.images(.test, range: 7..<107)
    #expect(labels.count == images.count)
    for start in stride(from: 0, to: labels.count, by: 10) {
      #expect(labels[start..<start + 10].sorted() == Array(0...9))
    }
  }

  @Test func splitsHaveTheSizesTheySay() {
    let (images, labels) = SyntheticDigits.images(.test)
    #expect(images.count == SyntheticDigits.count(of: .test))
    #expect(labels.count == images.count)
    #expect(images.size == ImageSize(height: 28, width: 28, channels: 1))
  }

  // MNIST's training images have mean 0.1307, deviation 0.3081, 19.1 % of the pixels inked and
  // 7.3 % at 250 or more.
  @Test func pixelsAreDistributedLikeMNISTs() {
    let pixels = SyntheticDigits.images(.train, range: 0..<1000).images.pixels
    let count = Double(pixels.count)
    let mean = pixels.reduce(0) { $0 + Double($1) } / 255 / count
    let square = pixels.reduce(0) { $0 + Double($1) * Double($1) } / (255 * 255) / count
    #expect(abs(mean - 0.1307) < 0.005)
    #expect(abs((square - mean * mean).squareRoot() - 0.3081) < 0.005)
    #expect(abs(Double(pixels.count { $0 > 0 }) / count - 0.191) < 0.005)
    #expect(abs(Double(pixels.count { $0 >= 250 }) / count - 0.073) < 0.005)
  }

  @Test func digitsAreCentredByMassAndHaveRoomAroundThem() {
    let (images, _) = SyntheticDigits.images(.train, range: 0..<500)
    let side = SyntheticDigits.size.width
    for index in 0..<images.count {
      let pixels = images[index..<index + 1].pixels.map(Double.init)
      let mass = pixels.reduce(0, +)
      let x = pixels.indices.reduce(0) { $0 + Double($1 % side) * pixels[$1] } / mass
      let y = pixels.indices.reduce(0) { $0 + Double($1 / side) * pixels[$1] } / mass
      // The jitter is below 1.3 pixels; overlapping strokes weigh less than their lengths.
      #expect(abs(x - 14) < 2 && abs(y - 14) < 2)
      let inked = pixels.indices.filter { pixels[$0] > 0 }
      let rows = (inked.map { $0 / side }.max() ?? 0) - (inked.map { $0 / side }.min() ?? 0) + 1
      let columns = (inked.map { $0 % side }.max() ?? 0) - (inked.map { $0 % side }.min() ?? 0) + 1
      #expect((18...22).contains(max(rows, columns)))
    }
  }

  // Chance is 0.1. The nearest mean of MNIST's classes gets 0.82 of its test images right; digits
  // that vary as much must not be much easier, readable ones not harder.
  @Test func digitsAreAsReadableAndAsVariedAsMNISTs() {
    let (train, trainLabels) = SyntheticDigits.images(.train, range: 0..<1000)
    let (test, testLabels) = SyntheticDigits.images(.test, range: 0..<500)
    let values = SyntheticDigits.size.values
    var means = [[Float]](repeating: [Float](repeating: 0, count: values), count: 10)
    for (index, label) in trainLabels.enumerated() {
      for pixel in 0..<values {
        means[Int(label)][pixel] += Float(train.pixels[index * values + pixel]) / 100
      }
    }
    let correct = testLabels.indices.count { index in
      let distances = means.map { mean in
        (0..<values).reduce(Float(0)) { sum, pixel in
          let difference = Float(test.pixels[index * values + pixel]) - mean[pixel]
          return sum + difference * difference
        }
      }
      return distances.firstIndex(of: distances.min() ?? 0) == Int(testLabels[index])
    }
    #expect((0.82...0.95).contains(Double(correct) / Double(testLabels.count)))
  }
}
