// Judging the images of cells, as far as the data allow.

import Diffusion

/// Compares images with real ones: in a network's features, or, without labels, in pixels.
struct CellJudge {
  /// What real images get, and what saw them.
  let standard: Standard
  private let eye: Eye

  /// What the cells' numbers are read against.
  struct Standard: Codable {
    let floor: Quality
    /// nil where only pixels were compared.
    let extractor: Extractor?
  }

  /// The network whose features are compared.
  struct Extractor: Codable {
    let dimension: Int
    let classes: Int
    /// The share of the test images whose labels it knows; nil for a test split without labels.
    let accuracy: Measured?
    /// The data it was trained on.
    let data: String
  }

  private enum Eye {
    case features(QualityJudge, FeatureNetwork)
    case pixels(ByteImages)
  }

  /// Nearer than all but this share of the test images to a training image is suspiciously near.
  private static let nearShare = 0.05
  private let near: Double
  private let count: Int
  private let threads: Int

  /// Compares in features.
  ///
  /// - Throws: `FileError` for too few images.
  init(
    _ network: FeatureNetwork, training: Dataset, test: Dataset, count: Int, threads: Int
  ) throws(FileError) {
    let judge = try QualityJudge(
      network, training: training, test: test, count: count, threads: threads)
    let seen = network.features(of: test.images, threads: threads)
    let near = judge.floor.neighbours.quantile(Self.nearShare)
    let extractor = Extractor(
      dimension: seen.values.count / seen.count, classes: network.classes,
      accuracy: test.labels.map { Measured(seen.accuracy($0)) }, data: network.fingerprint)
    standard = Standard(
      floor: Quality(judge.floor, nearerThan: near, floor: nil), extractor: extractor)
    (eye, self.near, self.count, self.threads) = (
      .features(judge, network), near, judge.count, threads
    )
  }

  /// Compares in pixels only.
  init(training: Dataset, test: Dataset, count: Int, threads: Int) {
    let real = test.drawn(count).images
    let neighbours = TrainingNeighbours(of: real, among: training.images, threads: threads)
    let near = neighbours.quantile(Self.nearShare)
    standard = Standard(
      floor: Quality(
        images: real.count, features: nil,
        neighbours: Quality.Neighbours(neighbours, nearerThan: near)),
      extractor: nil)
    (eye, self.near, self.count, self.threads) = (
      .pixels(training.images), near, real.count, threads
    )
  }

  /// Tells the classes of images, where there is one that can.
  var network: FeatureNetwork? {
    if case .features(_, let network) = eye { network } else { nil }
  }

  /// Judges the images of a cell.
  func callAsFunction(_ images: ByteImages) -> Quality {
    switch eye {
    case .features(let judge, _):
      return Quality(judge(images), nearerThan: near, floor: judge.floor)
    case .pixels(let training):
      let found = TrainingNeighbours(of: images[0..<count], among: training, threads: threads)
      return Quality(
        images: count, features: nil, neighbours: Quality.Neighbours(found, nearerThan: near))
    }
  }
}
