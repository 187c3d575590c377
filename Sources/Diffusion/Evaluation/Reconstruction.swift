// Images to noise and back: how much of an image the deterministic sampler keeps.

internal import Kernels

extension SamplingPlan {
  /// The way from images to noise along DDIM's ODE, in Euler's steps (Song et al. 2020, Section 4.3):
  /// the deterministic step, from each timestep to the next noisier one.
  ///
  /// An image counts as x_1: the network knows no timestep 0, and the two differ by less than one
  /// level of grey. Estimates are not clipped, which could not be undone on the way back.
  ///
  /// A network that predicts noise is asked for the timestep a step leads to: the step then undoes the
  /// decoder's, which asks for the same timestep, but for the image the network sees. With a twentieth
  /// of the timesteps that leaves a third of the error of Euler's own choice, where the step begins.
  /// Other predictions of one timestep mean nothing at another.
  ///
  /// - Parameter grid: the timesteps of the way back, strictly decreasing.
  package init(encodingAlong grid: [Timestep], schedule: NoiseSchedule, prediction: Prediction) {
    let timesteps = [Timestep(1)] + grid.reversed().drop { $0 == Timestep(1) }
    steps = zip(timesteps, timesteps.dropFirst()).map { timestep, next in
      let mean = Prediction.sample.estimate(
        of: schedule.noised(at: next), at: timestep, in: schedule)
      return ReverseStep(
        timestep: prediction == .noise ? next : timestep, previous: next,
        estimate: prediction.estimate(of: .sample, at: timestep, in: schedule), clipping: .none,
        xt: mean.xt, x0: mean.output, sigma: 0)
    }
  }
}

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
  ///   - labels: what a conditional model is told of them, both ways; other models are told nothing.
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
    let decoding = try SamplingPlan(
      along: grid, sampler: .ddim(.value(0)), schedule: schedule, prediction: prediction,
      clipping: .none)
    let encoding = SamplingPlan(
      encodingAlong: grid, schedule: schedule, prediction: prediction)
    let originals = Images(data)
    var images = originals
    for (half, plan) in [encoding, decoding].enumerated() {
      var options = SamplingOptions(threads: threads)
      options.start = images
      if classCount != nil { options.classes = labels.map { .each($0.map(Int.init)) } }
      try check(options)
      if let progress { options.progress = { progress((Double(half) + $0) / 2) } }
      images = sample(data.count, plan: plan, options).images
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
