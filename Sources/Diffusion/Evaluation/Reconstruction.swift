// Images to noise and back: how much of an image the deterministic sampler keeps.

internal import Kernels

/// Images that were turned into noise and back by DDIM, in as many steps each way (Song et al. 2020,
/// Table 2).
public struct Reconstruction: Sendable {
  /// Steps each way.
  public let steps: Int
  /// What came back.
  public let images: Images
  /// The mean squared error a dimension, over pixel values in [0, 1].
  public let error: SampleMean
}

extension DiffusionModel {
  /// Encodes and decodes images.
  ///
  /// - Parameters:
  ///   - data: images of the model's size, one or more.
  ///   - labels: what a conditional model is conditioned on, both ways.
  ///   - steps: how many timesteps are visited each way.
  ///   - spacing: which ones.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Throws: `SamplingError` where the spacing has no such steps, or the model no such class.
  public func reconstruct(
    _ data: ByteImages, labels: [UInt8]?, steps: Int, spacing: StepSpacing, threads: Int,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws(SamplingError) -> Reconstruction {
    precondition(data.size == imageSize, "images of \(data.size) for a model of \(imageSize)")
    precondition(
      labels.map { $0.count == data.count } ?? true,
      "\(labels?.count ?? 0) labels for \(data.count) images")
    let grid = try spacing.timesteps(steps, of: schedule.last)
    let encoding = SamplingPlan(DDIMEncoder(), along: DDIMEncoder.path(against: grid))
    let decoding = SamplingPlan(DDIMSampler(), along: grid + [.zero])
    let originals = Images(data)
    var images = originals
    for (half, plan) in [encoding, decoding].enumerated() {
      var options = SamplingOptions(threads: threads)
      (options.start, options.clipping) = (images, Clipping.none)
      if classCount != nil { options.classes = labels.map { .each($0.map(Int.init)) } }
      if let progress { options.progress = { progress((Double(half) + $0) / 2) } }
      images = try sample(data.count, plan, options).images
    }
    return Reconstruction(
      steps: steps, images: images, error: SampleMean(originals.squaredErrors(images)))
  }
}

extension Images {
  /// The mean squared difference of each image from another set's, a dimension, over pixel values in
  /// [0, 1].
  func squaredErrors(_ other: Images) -> [Double] {
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
