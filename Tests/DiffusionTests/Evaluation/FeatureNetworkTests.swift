import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct FeatureNetworkTests {
  /// Trained once for all tests: two classes of tiny images, bright above and bright below.
  private static let network = Result {
    try FeatureNetwork(trainedOn: bars(200), steps: 60, threads: 2)
  }

  private static func bars(
    _ count: Int, _ size: ImageSize = ImageSize(height: 3, width: 2, channels: 1),
    labels: [UInt8]? = nil
  ) -> Dataset {
    let noise = patternlessImages(count, size: size).pixels
    let row = size.width * size.channels
    let pixels = noise.enumerated().map { place, level -> UInt8 in
      let (image, value) = (place / size.values, place % size.values)
      let isBright = (value / row < size.height / 2) == (image % 2 == 0)
      return isBright ? 128 + level / 2 : level / 2
    }
    return Dataset(
      images: ByteImages(size: size, pixels: pixels),
      labels: labels ?? (0..<count).map { UInt8($0 % 2) }, name: "bars")
  }

  @Test func aTrainedNetworkTellsClassesApart() throws {
    let network = try Self.network.get()
    let data = Self.bars(100)
    let features = network.features(of: data.images, threads: 2)
    #expect(features.accuracy(data.labels ?? []).mean == 1)
    #expect(features.values.count == 6400 && features.classCount == 2)
    let balance = ClassBalance(features)
    #expect(balance.counts == [50, 50] && balance.confidence.mean > 0.9)
    let half = network.features(of: data.images[0..<1], threads: 1)
    #expect(ClassBalance(half).distance(to: balance) == 0.5)
  }

  @Test func theDeepNetworkIsAnotherOne() throws {
    let data = Self.bars(200)
    let deep = try FeatureNetwork(trainedOn: data, .deep, steps: 60, threads: 2)
    let features = deep.features(of: data.images, threads: 2)
    #expect(features.accuracy(data.labels ?? []).mean == 1)
    #expect(deep.architecture == .deep && features.values.count == 200 * 128)
    try withTemporaryFolder { folder in
      let path = "\(folder)/features.safetensors"
      try deep.save(to: path)
      #expect(try FeatureNetwork(savedAt: path, trainedOn: data) == nil)
      let saved = try #require(try FeatureNetwork(savedAt: path, trainedOn: data, .deep))
      #expect(saved.features(of: data.images, threads: 1) == features)
    }
  }

  /// A twentieth of the usual training: that one ends at 99.4 %.
  @Test(.needsMNIST) func handwrittenDigitsAreLearned() throws {
    let folder = try #require(MNIST.folder).path
    let training = try Dataset.load(folder: folder, split: .train)
    let test = try Dataset.load(folder: folder, split: .test)
    let network = try FeatureNetwork(trainedOn: training, steps: 150, threads: 2)
    let features = network.features(of: test.images, threads: 2)
    #expect(features.accuracy(try #require(test.labels)).mean > 0.95)
  }

  @Test func featuresAreTheSameForAnyThreads() throws {
    let network = try Self.network.get()
    let images = Self.bars(37).images
    let features = network.features(of: images, threads: 1)
    #expect(features == network.features(of: images, threads: 3))
    let last = network.features(of: images[36..<37], threads: 1)
    #expect(last.values == Array(features.values.suffix(64)))
  }

  @Test func trainingIsTheSameForAnyThreads() throws {
    let again = try FeatureNetwork(trainedOn: Self.bars(200), steps: 60, threads: 3)
    let images = Self.bars(9).images
    let features = try Self.network.get().features(of: images, threads: 1)
    #expect(again.features(of: images, threads: 1) == features)
  }

  @Test func aSavedNetworkIsRecognisedByItsData() throws {
    let (network, data) = try (Self.network.get(), Self.bars(200))
    try withTemporaryFolder { folder in
      let path = "\(folder)/features.safetensors"
      #expect(try FeatureNetwork(savedAt: path, trainedOn: data) == nil)
      try network.save(to: path)
      let saved = try #require(try FeatureNetwork(savedAt: path, trainedOn: data))
      let images = Self.bars(9).images
      #expect(
        saved.features(of: images, threads: 1) == network.features(of: images, threads: 1))

      let relabelled = Self.bars(200, labels: (0..<200).map { UInt8($0 / 2 % 2) })
      #expect(try FeatureNetwork(savedAt: path, trainedOn: relabelled) == nil)
      #expect(try FeatureNetwork(savedAt: path, trainedOn: Self.bars(198)) == nil)
      #expect(network.fingerprint == data.labelledFingerprint)
    }
  }

  @Test func aDamagedFileIsAnError() throws {
    let network = try Self.network.get()
    try withTemporaryFolder { folder in
      let path = "\(folder)/features.safetensors"
      try network.save(to: path)
      try [UInt8](file: path).dropLast(4).map { $0 }.save(to: path)
      #expect(throws: FileError.self) {
        try FeatureNetwork(savedAt: path, trainedOn: Self.bars(200))
      }
    }
  }

  @Test func dataWithoutTwoClassesAreRefused() {
    let unlabelled = Dataset(images: Self.bars(4).images, labels: nil, name: "plain")
    for data in [unlabelled, Self.bars(4, labels: [3, 3, 3, 3])] {
      #expect(throws: FileError.self) { try FeatureNetwork(trainedOn: data, steps: 1, threads: 1) }
    }
  }

  /// One row of coloured pixels, the width odd.
  @Test func imagesOfAnySizeHaveFeatures() throws {
    let size = ImageSize(height: 1, width: 11, channels: 3)
    let data = Self.bars(20, size)
    let network = try FeatureNetwork(trainedOn: data, steps: 2, threads: 2)
    #expect(network.imageSize == size && network.classes == 2)
    #expect(network.features(of: data.images, threads: 2).count == 20)
  }
}
