// How far images are from others, pixel by pixel.

internal import Kernels

extension Images {
  /// The mean squared difference per dimension of each image from another set's, over pixel values in
  /// [0, 1].
  package func squaredErrors(_ other: Images) -> [Double] {
    precondition(
      size == other.size && count == other.count,
      "\(count) images of \(size) and \(other.count) of \(other.size)")
    let (a, b) = (FloatMemory(values), FloatMemory(other.values))
    return withExtendedLifetime((a, b)) {
      (0..<count).map { image in
        let (first, values) = (image * size.values, size.values)
        let sum = sumOfSquaredDifferences(
          a.all.slice(first, values), b.all.slice(first, values))
        // [-1, 1] is twice as wide as [0, 1].
        return sum / Double(4 * values)
      }
    }
  }
}
