// Precision and recall: whether images look real, and whether all that is real appears among them.

internal import Autograd
internal import Numerics

/// How much of one set of images lies within the other's manifold, in feature space; the manifold is
/// the union of balls around all images that each reach to the k-th nearest other one
/// (Kynkäänniemi et al. 2019, Eq. 1 and 2).
public struct PrecisionRecall: Codable, Equatable, Sendable {
  /// The share of the images that lie in the real ones' manifold.
  public let precision: SampleMean
  /// The share of the real images that lie in the images' manifold.
  public let recall: SampleMean

  /// The paper's k.
  public static let neighbours = 3

  /// Compares images with real ones, of each more than `neighbours`.
  ///
  /// - Parameter threads: how many cores work; the result is the same for any number.
  package init(of images: Features, against real: Features, threads: Int) {
    precondition(
      min(images.count, real.count) > PrecisionRecall.neighbours,
      "precision of \(images.count) images against \(real.count)")
    precision = Manifold(real, threads: threads).share(of: images, threads: threads)
    recall = Manifold(images, threads: threads).share(of: real, threads: threads)
  }
}

/// Balls around vectors.
private struct Manifold: Sendable {
  private let vectors: PointSet
  private let squaredRadii: [Float]

  init(_ features: Features, threads: Int) {
    vectors = features.vectors
    // Each vector is its own nearest one.
    let kept = PrecisionRecall.neighbours + 1
    let found = nearest(kept, of: vectors, among: vectors, threads: threads)
    squaredRadii = (0..<features.count).map { found.squaredDistances[($0 + 1) * kept - 1] }
  }

  func share(of features: Features, threads: Int) -> SampleMean {
    let rows = PackedPoints(features.vectors)
    let (vectors, squaredRadii) = (vectors, squaredRadii)
    let none = [Bool](repeating: false, count: rows.count)
    let covered = (0..<threads).map { _ in SharedValue(none) }
    let memory = (0..<threads).map { _ in PairwiseProducts(dimension: vectors.dimension) }
    Workers(count: threads).each(searches(of: vectors)) { search, worker in
      memory[worker].cover(
        rows, by: vectors, searched(search, of: vectors), squaredRadii: squaredRadii,
        &covered[worker].value)
    }
    return SampleMean(
      none.indices.map { row in covered.contains { $0.value[row] } ? 1 : 0 })
  }
}
