// v_t of Analytic-DPM (Bao et al. 2022), estimated by Monte Carlo.

internal import Autograd
import Foundation
internal import Kernels
import Synchronization

extension DiffusionModel {
  /// How many evaluations the estimate of a model with few timesteps takes: a dozen and more images at
  /// each of 1000 timesteps, where the paper finds ten to be enough.
  private static let imageVarianceEvaluations = 16_384

  /// Estimates how far the network's estimates of x0 are off at every timestep, for noisy images x_t of
  /// given images x0:
  ///
  /// ```
  /// v_t = E ‖x_0 - x̂_0(x_t, t)‖² / d
  /// ```
  /// The paper estimates Γ_t = E ‖ε̂‖² / d in its place, and v_t = (1 - ᾱ_t)/ᾱ_t (1 - Γ_t) from it. For
  /// the mean of x_0 given x_t the two are the same, but the quotient magnifies chance without bound where
  /// alphaBar is small; and for a network that is not that mean it is v_t that is optimal (Bao et al. 2022,
  /// "Estimating the optimal covariance with imperfect mean"). x̂_0 is what samplers use without guidance,
  /// clipped as the model clips.
  ///
  /// - Parameters:
  ///   - images: images x0 of the model's size; image i is of the class that sampling draws it of. Every
  ///     timestep takes some of them.
  ///   - seed: of the noise.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Returns: v of the timesteps 1...T.
  public func imageVariance(
    of images: Images, seed: UInt64 = 0,
    threads: Int = AvailableCores.count,
    progress: (@Sendable (Double) -> Void)? = nil
  ) -> ImageVariance {
    precondition(
      images.size == imageSize && images.count > 0,
      "\(images.count) images of \(images.size) for a model of \(imageSize)")
    parameters.derive(Workers(count: threads))
    let last = schedule.last.value
    let count = (DiffusionModel.imageVarianceEvaluations + last - 1) / last
    let lanes = makeLanes(for: last, of: 1, threads: threads) {
      ExampleLane(
        unet, parameters, for: .inference, schedule: schedule, data: images, seed: seed,
        stream: .imageVariance)
    }
    let finished = Atomic(0)
    let values = forEachShard(last, of: 1, on: lanes) { index, lane in
      let t = Timestep(index: index.lowerBound)
      let draws = (0..<count).map { place in
        let image = (index.lowerBound * count + place) % images.count
        return Draw(
          image: image, classRow: classes(image..<image + 1, .all).first, timestep: t,
          noise: (UInt32(place), UInt32(t.value)))
      }
      var sum = 0.0
      for start in stride(from: 0, to: count, by: ShardSize.usual) {
        let part = draws[start...].prefix(ShardSize.usual)
        lane.prepare(part)
        lane.lane.forward()
        sum += part.indices.reduce(0) { $0 + squaredError(of: lane, $1 - part.startIndex, at: t) }
      }
      let done = finished.add(1, ordering: .relaxed).newValue
      progress?(Double(done) / Double(last))
      return sum / Double(count * imageSize.values)
    }
    return ImageVariance(values)
  }

  /// ‖x_0 - x̂_0‖² of an image.
  private func squaredError(of lane: ExampleLane, _ place: Int, at t: Timestep) -> Double {
    let estimate = lane.output(place)
    prediction.estimateImage(
      at: t, in: schedule, xt: lane.xt(place), output: estimate, into: estimate, images: 1, clipping
    )
    return sumOfSquaredDifferences(lane.x0(place), estimate)
  }

  /// The same of images that the model draws by DDIM: no data are needed, and a model's own images are
  /// nearly those that it was trained on.
  ///
  /// - Parameters:
  ///   - seed: of the images and the noise.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Returns: v of the timesteps 1...T.
  /// - Throws: `SamplingError` where the model cannot draw images.
  public func imageVariance(
    seed: UInt64 = 0, threads: Int = AvailableCores.count,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws(SamplingError) -> ImageVariance {
    var options = SamplingOptions(threads: threads)
    options.seed = seed
    let steps = min(DiffusionModel.ownImageSteps, schedule.last.value)
    let plan = SamplingPlan.ddim(steps: steps, spacing: .trailing)
    let images = try sample(DiffusionModel.ownImages, plan, options).images
    return imageVariance(of: images, seed: seed, threads: threads, progress: progress)
  }

  /// Images of its own that a model's image variance is estimated from, and the steps to draw them in.
  private static let (ownImages, ownImageSteps) = (256, 20)
}
