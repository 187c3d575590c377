// The Frechet distance: how far two sets of features are apart as Gaussians.

internal import Autograd
internal import Kernels
internal import Numerics

/// The Frechet distance between Gaussians fitted to the features of two sets of images
/// (Heusel et al. 2017, Eq. 6), in double precision:
///
/// ```
/// |μ₁ - μ₂|² + tr(C₁ + C₂ - 2 (C₁^½ C₂ C₁^½)^½)
/// ```
/// Estimated covariances make it larger than it is, the more so the fewer images there are: compare
/// distances of the same numbers of images only, and with the one between real images. For fewer images
/// than `enoughImages`, `FrechetExtrapolation` is the better estimate.
public struct FrechetDistance: Codable, Equatable, Sendable {
  /// The distance.
  public let value: Double
  /// Its standard deviation over sets drawn with replacement from the images (the bootstrap). Such
  /// sets are also less varied than the images, which moves the distance up, so that only its
  /// spread means something.
  public let standardError: Double

  /// From how many images on the bias is small beside distances that matter.
  ///
  /// - Parameter features: how many numbers an image is compared by.
  public static func enoughImages(features: Int) -> Int { 10 * features }

  /// How many sets are drawn.
  private static let draws = 64
  private static let seed: UInt64 = 0

  /// Measures how far images are from a reference, both of two images or more.
  ///
  /// - Parameters:
  ///   - images: what is measured.
  ///   - reference: real images.
  ///   - threads: how many cores work; the result is the same for any number.
  package init(of images: Features, to reference: Features, threads: Int) {
    precondition(
      images.count > 1 && reference.count > 1,
      "the covariance of \(images.count) and \(reference.count) images")
    let target = FeatureGaussian(reference)
    let root = target.covariance.squareRoot
    value = FeatureGaussian(images).distance(to: target, root: root)

    let random = Philox(
      seed: FrechetDistance.seed, stream: RandomStream.evaluation.rawValue)
    let distances = (0..<FrechetDistance.draws).map { _ in SharedValue(0.0) }
    Workers(count: threads).each(distances.count) { draw, _ in
      var counts = [Int](repeating: 0, count: images.count)
      for place in 0..<images.count {
        let word = random.block(item: UInt32(draw), time: UInt32(place), index: 0)[0]
        counts[Int(word.multipliedFullWidth(by: UInt32(images.count)).high)] += 1
      }
      distances[draw].value = FeatureGaussian(images, counts: counts)
        .distance(to: target, root: root)
    }
    let spread = SampleMean(distances.map(\.value))
    standardError = (spread.standardError ?? 0) * Double(distances.count).squareRoot()
  }
}

/// Mean and covariance of features.
struct FeatureGaussian: Sendable {
  let mean: [Double]
  let covariance: SymmetricMatrix

  /// - Parameter counts: how often each image counts; nil is once.
  init(_ features: Features, counts: [Int]? = nil) {
    (mean, covariance) = moments(
      features.values, dimension: features.dimension,
      counts: counts ?? Array(repeating: 1, count: features.count))
  }

  /// - Parameter root: of the other's covariance.
  func distance(to other: FeatureGaussian, root: SymmetricMatrix) -> Double {
    let means = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let eigenvalues = covariance.sandwiched(in: root).eigen().values
    let shared = eigenvalues.reduce(0) { $0 + max(0, $1).squareRoot() }
    return means + covariance.trace + other.covariance.trace - 2 * shared
  }
}
