// The nearest training image of each image: whether a model draws new images or has memorised old ones.

internal import Numerics

/// For each of some images the training image with the least Euclidean distance, over pixel values in
/// [0, 1].
///
/// A model that has memorised its training images is nearer to them than unseen real images are.
public struct TrainingNeighbours: Codable, Equatable, Sendable {
  /// The training images' places in their set, one per image.
  public let places: [Int]
  /// The distances, one per image.
  public let distances: [Double]
  /// Their mean.
  public let mean: SampleMean

  /// Compares every pair, exactly where it counts: the nearest one's distance is not rounded.
  ///
  /// - Parameters:
  ///   - images: one or more images.
  ///   - training: one or more images of the same size.
  ///   - threads: how many cores work; the result is the same for any number.
  package init(of images: ByteImages, among training: ByteImages, threads: Int) {
    precondition(
      images.size == training.size && training.count > 0,
      "\(images.size) images among \(training.count) of \(training.size)")
    let (queries, vectors) = (images.vectors, training.vectors)
    places = nearest(1, of: queries, among: vectors, threads: threads).places
    distances = places.enumerated().map { place, neighbour in
      queries.squaredDistance(place, to: vectors, neighbour).squareRoot()
    }
    mean = SampleMean(distances)
  }

  /// The distance that a share of the images do not exceed: 0 is the least, ½ the median.
  ///
  /// - Parameter share: in 0...1.
  /// - Returns: a Euclidean distance over pixel values in [0, 1].
  public func quantile(_ share: Double) -> Double {
    let sorted = distances.sorted()
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }

  /// The share of images that are nearer than this.
  ///
  /// - Parameter distance: a Euclidean distance over pixel values in [0, 1].
  public func share(nearerThan distance: Double) -> SampleMean {
    SampleMean(distances.map { $0 < distance ? 1 : 0 })
  }
}

extension ByteImages {
  /// The images to be compared with others.
  var vectors: PointSet { PointSet(.bytes(pixels), dimension: size.values) }
}
