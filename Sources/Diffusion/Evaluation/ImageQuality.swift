// All that is measured of a set of images, and the same of real ones for comparison.

/// How sampled images compare with real ones.
public struct ImageQuality: Codable, Equatable, Sendable {
  /// How many images were measured, and compared with as many test images.
  public let images: Int
  /// What was measured in a network's features; nil without one.
  public let features: FeatureQuality?
  /// Their nearest training images.
  public let neighbours: TrainingNeighbours

  /// Whether they are too few for the Frechet distance without extrapolation.
  public var hasFewImages: Bool {
    features.map { images < FrechetDistance.enoughImages(features: $0.dimension) } ?? false
  }
}

/// How the features of images compare with those of real ones.
public struct FeatureQuality: Codable, Equatable, Sendable {
  /// How many numbers an image is compared by.
  public let dimension: Int
  /// How far the images are from the test images.
  public let frechet: FrechetDistance
  /// The same, extrapolated to infinitely many images; nil where there are enough images not to need
  /// it, or too few even for that.
  public let extrapolated: FrechetExtrapolation?
  /// The kernel distance, which has no bias.
  public let kernel: KernelDistance
  /// Whether images look real, and whether the real ones all occur.
  public let coverage: PrecisionRecall
  /// Which classes they show.
  public let classes: ClassBalance

  init(_ images: Features, _ reference: Features, threads: Int) {
    let dimension = images.dimension
    self.dimension = dimension
    frechet = FrechetDistance(of: images, to: reference, threads: threads)
    extrapolated =
      images.count < FrechetDistance.enoughImages(features: dimension)
      ? FrechetExtrapolation(of: images, to: reference, threads: threads) : nil
    kernel = KernelDistance(between: images, and: reference, threads: threads)
    coverage = PrecisionRecall(of: images, against: reference, threads: threads)
    classes = ClassBalance(images)
  }
}

/// Compares sampled images with the data they should look like.
public struct QualityMetrics: Sendable {
  /// What the same measurements give for as many real training images, as if a perfect model had
  /// drawn them: no model is expected to do better. A training image is its own nearest one, so
  /// `neighbours` here are those of the test images.
  public let floor: ImageQuality
  /// How many images are compared.
  public var count: Int { floor.images }

  /// The network whose features are compared; nil where only pixels are.
  public let network: FeatureNetwork?
  private let training: ByteImages
  private let reference: Features?
  private let threads: Int

  /// The fewest images that can be compared in features.
  public static let leastCount = KernelDistance.leastCount

  /// Measures the real images.
  ///
  /// - Parameters:
  ///   - network: trained on the training split; nil compares pixels only.
  ///   - training: the training split.
  ///   - test: the test split; like training images, those compared are drawn from all of it.
  ///   - count: how many images to compare; fewer if a split has fewer.
  ///   - threads: how many cores work; the results are the same for any number.
  /// - Throws: `FileError` if there are fewer than `leastCount` images for a network, or none.
  public init(
    _ network: FeatureNetwork?, training: Dataset, test: Dataset, count: Int, threads: Int
  ) throws(FileError) {
    let least = network == nil ? 1 : QualityMetrics.leastCount
    for split in [training, test] where split.images.count < least {
      let reason = "holds \(split.images.count) images; the metrics compare \(least) or more"
      throw FileError(path: split.name, .invalid(reason))
    }
    let count = max(least, min(count, training.images.count, test.images.count))
    let real = test.images.drawn(count)
    (self.network, self.training, self.threads) = (network, training.images, threads)
    let reference = network?.features(of: real, threads: threads)
    self.reference = reference
    floor = ImageQuality(
      images: count,
      features: QualityMetrics.measure(
        training.images.drawn(count), network, reference, threads: threads),
      neighbours: TrainingNeighbours(of: real, among: training.images, threads: threads))
  }

  /// Measures the first `count` of some images.
  ///
  /// - Parameter images: at least `count`, of the data's size.
  public func callAsFunction(_ images: ByteImages) -> ImageQuality {
    precondition(images.count >= count, "\(images.count) images to measure \(count)")
    let measured = images[0..<count]
    return ImageQuality(
      images: count,
      features: QualityMetrics.measure(measured, network, reference, threads: threads),
      neighbours: TrainingNeighbours(of: measured, among: training, threads: threads))
  }

  private static func measure(
    _ images: ByteImages, _ network: FeatureNetwork?, _ reference: Features?, threads: Int
  ) -> FeatureQuality? {
    guard let network, let reference else { return nil }
    return FeatureQuality(
      network.features(of: images, threads: threads), reference, threads: threads)
  }
}
