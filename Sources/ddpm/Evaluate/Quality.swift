// What images are like, as the report keeps it.

import Diffusion

/// A number and its standard error, where it has one.
struct Measured: Codable, Equatable, Sendable {
  let value: Double
  let error: Double?

  init(_ mean: SampleMean) { (value, error) = (mean.mean, mean.standardError) }
  init(_ distance: FrechetDistance) { (value, error) = (distance.value, distance.standardError) }
  init(_ distance: KernelDistance) { (value, error) = (distance.value, distance.standardError) }
}

/// Numbers of a set of images.
struct Quality: Codable, Equatable, Sendable {
  /// How many images were judged.
  let images: Int
  /// nil without labels to learn features from.
  let features: Features?
  let neighbours: Neighbours

  /// What a feature network tells.
  struct Features: Codable, Equatable, Sendable {
    let frechet: Measured
    let kernel: Measured
    let precision: Measured
    let recall: Measured
    /// How many images look like each class.
    let classes: [Int]
    let confidence: Measured
    /// From the classes of real images; nil for these themselves.
    let classDistance: Double?
  }

  /// How near the nearest training images are.
  struct Neighbours: Codable, Equatable, Sendable {
    let distance: Measured
    let least: Double
    /// The share that is nearer than all but a twentieth of the test images.
    let near: Measured

    init(_ found: TrainingNeighbours, nearerThan near: Double) {
      (distance, least) = (Measured(found.mean), found.quantile(0))
      self.near = Measured(found.share(nearerThan: near))
    }
  }
}

extension Quality {
  /// - Parameters:
  ///   - near: what is suspiciously near to a training image.
  ///   - floor: what real images got, nil for these themselves.
  init(_ quality: ImageQuality, nearerThan near: Double, floor: ImageQuality?) {
    self.init(
      images: quality.images,
      features: Features(
        frechet: Measured(quality.frechet), kernel: Measured(quality.kernel),
        precision: Measured(quality.coverage.precision),
        recall: Measured(quality.coverage.recall), classes: quality.classes.counts,
        confidence: Measured(quality.classes.confidence),
        classDistance: floor.map { quality.classes.distance(to: $0.classes) }),
      neighbours: Neighbours(quality.neighbours, nearerThan: near))
  }
}
