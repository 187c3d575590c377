// Consistency: whether the same noise becomes the same image, however many steps it takes.

/// Images from the same x_T in different numbers of steps (Song et al. 2020, Section 5.2 and
/// Figure 5), compared with those of the most steps.
public struct Consistency: Codable, Equatable, Sendable {
  /// A number of steps.
  public struct Row: Codable, Equatable, Sendable {
    /// How many steps.
    public let steps: Int
    /// The mean squared difference per dimension, over pixel values in [0, 1], from the image of the
    /// most steps.
    public let distance: SampleMean
    /// The share of images for which the feature network predicts the same class; nil without a network.
    public let sameClass: SampleMean?
  }

  /// The numbers of steps in rising order; the last is what the others are compared with.
  public let rows: [Row]
  /// The mean squared difference between neighbours among the images of the most steps: what the
  /// distance would be if the noise did not matter. Nil for a single image.
  public let unrelated: SampleMean?

  /// Compares images.
  ///
  /// - Parameters:
  ///   - series: images from the same noise, in the same order, as many for each number of steps.
  ///   - network: classifies them.
  ///   - threads: how many cores work.
  public init(
    _ series: [(steps: Int, images: Images)], network: FeatureNetwork?, threads: Int
  ) {
    let sorted = series.sorted { $0.steps < $1.steps }
    guard let most = sorted.last else { preconditionFailure("the consistency of no images") }
    func classes(_ images: Images) -> [Int]? {
      network?.features(of: ByteImages(images), threads: threads).classes
    }
    let expected = classes(most.images)
    rows = sorted.map { steps, images in
      let same = classes(images).flatMap { seen in
        expected.map { SampleMean(zip(seen, $0).map { $0 == $1 ? 1 : 0 }) }
      }
      return Row(
        steps: steps, distance: SampleMean(images.squaredErrors(most.images)), sameClass: same)
    }
    let values = most.images.values
    let (first, rest) = (
      Images(size: most.images.size, values: Array(values.dropLast(most.images.size.values))),
      Images(size: most.images.size, values: Array(values.dropFirst(most.images.size.values)))
    )
    unrelated = first.count > 0 ? SampleMean(first.squaredErrors(rest)) : nil
  }
}
