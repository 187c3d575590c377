// All that is measured of a set of images, and the same of real ones for comparison.

/// What sampled images are like, beside real ones.
public struct ImageQuality: Equatable, Sendable {
  /// How many images were judged, and compared with as many test images.
  public let images: Int
  /// How far the images are from the test images.
  public let frechet: FrechetDistance
  /// The same without a bias.
  public let kernel: KernelDistance
  /// Whether images look real, and whether the real ones all occur.
  public let coverage: PrecisionRecall
  /// Which classes they show.
  public let classes: ClassBalance
  /// Their nearest training images.
  public let neighbours: TrainingNeighbours
}

/// Compares sampled images with the data they should look like.
public struct QualityJudge: Sendable {
  /// What the same measurements give for as many real training images, as if a perfect model had
  /// drawn them: no model is expected to do better. A training image is its own nearest one, so
  /// `neighbours` here are those of the test images.
  public let floor: ImageQuality
  /// How many images are compared.
  public var count: Int { floor.images }

  private let network: FeatureNetwork
  private let training: ByteImages
  private let reference: Features
  private let threads: Int

  /// The fewest images that can be compared.
  public static let leastCount = KernelDistance.leastCount

  /// Looks at the real images.
  ///
  /// - Parameters:
  ///   - network: trained on the training split.
  ///   - training: the training split.
  ///   - test: the test split; like training images, those compared are drawn from all of it.
  ///   - count: how many images to compare; fewer if a split has fewer.
  ///   - threads: how many cores work; the results are the same for any number.
  /// - Throws: `FileError` if there are fewer than `leastCount` images.
  public init(
    _ network: FeatureNetwork, training: Dataset, test: Dataset, count: Int, threads: Int
  ) throws(FileError) {
    let least = QualityJudge.leastCount
    for split in [training, test] where split.images.count < least {
      let reason = "holds \(split.images.count) images; the metrics compare \(least) or more"
      throw FileError(path: split.name, .invalid(reason))
    }
    let count = max(least, min(count, training.images.count, test.images.count))
    let real = test.images.drawn(count)
    (self.network, self.training, self.threads) = (network, training.images, threads)
    reference = network.features(of: real, threads: threads)
    floor = QualityJudge.measure(
      network.features(of: training.images.drawn(count), threads: threads), reference,
      TrainingNeighbours(of: real, among: training.images, threads: threads), threads)
  }

  /// Judges the first `count` of some images.
  ///
  /// - Parameter images: at least `count`, of the data's size.
  public func callAsFunction(_ images: ByteImages) -> ImageQuality {
    precondition(images.count >= count, "\(images.count) images to judge \(count)")
    let judged = images[0..<count]
    return QualityJudge.measure(
      network.features(of: judged, threads: threads), reference,
      TrainingNeighbours(of: judged, among: training, threads: threads), threads)
  }

  private static func measure(
    _ features: Features, _ reference: Features, _ neighbours: TrainingNeighbours, _ threads: Int
  ) -> ImageQuality {
    ImageQuality(
      images: features.count,
      frechet: FrechetDistance(of: features, to: reference, threads: threads),
      kernel: KernelDistance(between: features, and: reference, threads: threads),
      coverage: PrecisionRecall(of: features, against: reference, threads: threads),
      classes: ClassBalance(features), neighbours: neighbours)
  }
}
