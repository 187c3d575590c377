// From the network's output to an estimate of x0, kept within the range of images.

internal import Kernels

/// How estimates of x0 are kept within the range of images.
public enum Clipping: Hashable, Sendable {
  /// They are used as they are.
  case none
  /// They are cut off at plus and minus this, which is positive.
  case toRange(Double)
  /// Dynamic thresholding (Saharia et al. 2022, Section 2.3): each image is cut off at plus and minus s
  /// and divided by s, where s is this quantile of its absolute values, but at least 1 and at most `most`.
  ///
  /// Where guidance drives many values out of range, they keep their differences instead of all becoming
  /// black or white.
  case dynamic(quantile: Double, most: Double?)

  /// The quantile that is taken where nobody says, diffusers' too.
  public static let usualQuantile = 0.995
  /// The quantiles there are.
  package static let quantiles = 0.0...1.0

  /// Makes sure that the numbers are possible.
  ///
  /// - Throws: `SamplingError` that says which is not.
  func check() throws(SamplingError) {
    switch self {
    case .none: break
    case .toRange(let bound):
      guard bound > 0 else { throw .clipping(bound) }
    case .dynamic(let quantile, let most):
      guard Clipping.quantiles.contains(quantile) else { throw .quantile(quantile) }
      if let most, !(most >= 1) { throw .largestThreshold(most) }
    }
  }
}

extension Prediction {
  /// Estimates x0 from x_t and an output of this kind (DDPM Eq. 15), and clips it.
  ///
  /// - Parameters:
  ///   - t: the timestep of x_t.
  ///   - result: where the estimate goes, which may be the output's place.
  ///   - images: how many images the floats are of.
  /// - Returns: how many values were clipped.
  @discardableResult
  func estimateImage(
    at t: Timestep, in schedule: NoiseSchedule, xt: Floats, output: Floats, into result: Floats,
    images: Int, _ clipping: Clipping
  ) -> Int {
    estimate(of: .sample, at: t, in: schedule)
      .apply(xt: xt, output: output, into: result)
    switch clipping {
    case .none: return 0
    case .toRange(let bound): return clamp(result, to: bound)
    case .dynamic(let quantile, let most):
      precondition(result.count % max(1, images) == 0, "\(result.count) floats, \(images) images")
      let size = result.count / max(1, images)
      return (0..<images).reduce(0) { count, image in
        count + threshold(result.slice(image * size, size), quantile, most)
      }
    }
  }
}

/// Thresholds one image and returns how many of its values were cut off.
private func threshold(_ image: Floats, _ quantile: Double, _ most: Double?) -> Int {
  let sorted = image.array.map { Double(abs($0)) }.sorted()
  guard let largest = sorted.last else { return 0 }
  // Between two order statistics the quantile is linear, as in torch.quantile.
  let rank = quantile * Double(sorted.count - 1)
  let low = Int(rank)
  let high = low + 1 < sorted.count ? sorted[low + 1] : largest
  let found = sorted[low] + (high - sorted[low]) * (rank - Double(low))
  let bound = min(max(found, 1), most ?? .infinity)
  let count = clamp(image, to: bound)
  if bound > 1 { Block(image).set(1 / bound * Block(image)) }
  return count
}
