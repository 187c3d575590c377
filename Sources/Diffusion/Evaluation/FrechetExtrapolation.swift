// The Frechet distance of infinitely many images, extrapolated from few.

internal import Autograd

/// An estimate of the Frechet distance without the bias that it has for few images (Chong & Forsyth
/// 2020): the bias is proportional to 1/N, so distances of N, N/2 and N/3 images lie on a line, whose
/// intercept is the distance for infinite N.
///
/// Both sets are divided alike, so that the line takes in the bias of either covariance; the distance of
/// N/k images is the mean over the k disjoint parts of the sets. A part is a run of images: sets may be
/// in random order, or have their classes in turn, so that every k-th image would be of a few classes
/// only.
public struct FrechetExtrapolation: Codable, Equatable, Sendable {
  /// The intercept, which may be below 0 for sets from one source.
  public let value: Double
  /// Its standard error by the jackknife: from how the value changes without each tenth of the images.
  public let standardError: Double

  /// The most parts that the sets are divided into.
  private static let mostParts = 3
  /// How many parts are left out in turn for the error.
  private static let leftOut = 10

  /// The fewest images to extrapolate from: with fewer than about as many as features in a part, the
  /// bias is not proportional to 1/N any more.
  ///
  /// - Parameter features: how many numbers an image is compared by.
  public static func leastCount(features: Int) -> Int { 4 * features }

  /// Extrapolates the distance between two sets of features.
  ///
  /// - Parameter threads: how many cores work; the result is the same for any number.
  /// - Returns: nil where either set has fewer than `leastCount` images.
  package init?(of images: Features, to reference: Features, threads: Int) {
    let least = FrechetExtrapolation.leastCount(features: images.dimension)
    guard min(images.count, reference.count) >= least else { return nil }
    let jobs = FrechetExtrapolation.jobs
    let distances = jobs.map { _ in SharedValue(0.0) }
    let tenths = [images, reference].map { FrechetExtrapolation.tenths(of: $0.count) }
    Workers(count: threads).each(jobs.count) { job, _ in
      let (x, y) = (
        jobs[job].gaussian(of: images, tenths: tenths[0]),
        jobs[job].gaussian(of: reference, tenths: tenths[1])
      )
      distances[job].value = x.distance(to: y, root: y.covariance.squareRoot)
    }
    func intercept(without left: Int?) -> Double {
      FrechetExtrapolation.intercept(
        (1...FrechetExtrapolation.mostParts).map { parts in
          let places = jobs.indices.filter { jobs[$0].parts == parts && jobs[$0].left == left }
          return places.reduce(0) { $0 + distances[$1].value } / Double(parts)
        })
    }
    value = intercept(without: nil)
    let estimates = SampleMean((0..<FrechetExtrapolation.leftOut).map { intercept(without: $0) })
    // (n - 1)/n·Σ (estimate - mean)², which is (n - 1)² times the mean's variance.
    standardError = Double(FrechetExtrapolation.leftOut - 1) * (estimates.standardError ?? 0)
  }

  /// The value at k = 0 of the line through the values at k = 1, 2, ... by least squares.
  private static func intercept(_ values: [Double]) -> Double {
    let (count, sum) = (Double(values.count), values.reduce(0, +))
    let middle = (count + 1) / 2
    let slopes = values.enumerated().map { (Double($0 + 1) - middle) * $1 }
    let squares = values.indices.map { (Double($0 + 1) - middle) * (Double($0 + 1) - middle) }
    return sum / count - middle * slopes.reduce(0, +) / squares.reduce(0, +)
  }

  /// A distance to compute: of one part of so many, without a tenth of the images or with all.
  private struct Job: Sendable {
    let parts: Int
    let part: Int
    let left: Int?

    /// - Parameter tenths: which tenth each image is in.
    func gaussian(of features: Features, tenths: [Int]) -> FeatureGaussian {
      let counts = (0..<features.count).map { place in
        place * parts / features.count == part && tenths[place] != left ? 1 : 0
      }
      return FeatureGaussian(features, counts: counts)
    }
  }

  private static var jobs: [Job] {
    ([nil] + (0..<leftOut).map(Optional.some)).flatMap { left in
      (1...mostParts).flatMap { parts in
        (0..<parts).map { Job(parts: parts, part: $0, left: left) }
      }
    }
  }

  /// Tenths drawn at random, of which every part has as many images.
  private static func tenths(of count: Int) -> [Int] {
    // What divides into halves and into thirds.
    let blocks = 6
    var order = BatchOrder(images: count, seed: 0)
    var sizes = [Int](repeating: 0, count: blocks)
    return order.indices(step: 0, batch: count).reduce(into: Array(repeating: 0, count: count)) {
      let block = $1 * blocks / count
      $0[$1] = sizes[block] % leftOut
      sizes[block] += 1
    }
  }
}
