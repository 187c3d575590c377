// Images to noise and back: how much of an image the deterministic sampler keeps.

/// Images that were turned into noise and back by DDIM's equation, in as many steps each way (Song et al. 2020,
/// Table 2).
public struct Reconstruction: Sendable {
  /// Steps each way.
  public let steps: Int
  /// The reconstructed images.
  public let images: Images
  /// The mean squared error per dimension, over pixel values in [0, 1].
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
  ///   - solver: of DDIM's equation.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Throws: `SamplingError` where the spacing has no such steps, or the model no such class.
  public func reconstruct(
    _ data: ByteImages, labels: [UInt8]?, steps: Int, spacing: StepSpacing,
    by solver: LatentSolver = .ddim, threads: Int,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws(SamplingError) -> Reconstruction {
    precondition(data.size == imageSize, "images of \(data.size) for a model of \(imageSize)")
    precondition(
      labels.map { $0.count == data.count } ?? true,
      "\(labels?.count ?? 0) labels for \(data.count) images")
    let plan = SamplingPlan(solver.decoder, steps: steps, spacing: spacing)
    let grid = try plan.path(in: schedule, SamplingDefaults()).dropLast()
    let encoding = SamplingPlan(solver.encoder, along: DDIMEncoder.path(against: Array(grid)))
    let decoding = SamplingPlan(solver.decoder, along: grid + [.zero])
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
