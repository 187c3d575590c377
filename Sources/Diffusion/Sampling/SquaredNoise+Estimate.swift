// Γ_t of Analytic-DPM (Bao et al. 2022), estimated by Monte Carlo.

internal import Autograd
import Foundation
internal import Kernels
import Synchronization

extension DiffusionModel {
  /// How many evaluations the estimate of a model with few timesteps takes: a dozen and more images at
  /// each of 1000 timesteps, where the paper finds ten to be enough.
  private static let squaredNoiseEvaluations = 16_384

  /// Estimates the mean square of the network's noise at every timestep, from noisy images x_t of given
  /// images x0 (Bao et al. 2022, Eq. 8):
  ///
  /// ```
  /// Γ_t = E ‖ε̂(x_t, t)‖² / d
  /// ```
  /// E ‖ε‖² / d is known to be 1. So what is averaged is ‖ε̂‖² - ‖ε‖²: the two are nearly equal where the
  /// noise is strong, and 1 - Γ_t, which is then divided by a small alphaBar, loses no digits. ε̂ is derived
  /// from the estimate of x0 that samplers use, clipped.
  ///
  /// - Parameters:
  ///   - images: images x0 of the model's size, of all its classes in turn; every timestep takes some.
  ///   - seed: of the noise.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  public func squaredNoise(
    of images: Images, seed: UInt64 = 0,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: (@Sendable (Double) -> Void)? = nil
  ) -> SquaredNoise {
    precondition(
      images.size == imageSize && images.count > 0,
      "\(images.count) images of \(images.size) for a model of \(imageSize)")
    parameters.derive(Workers(count: threads))
    let last = schedule.last.value
    let count = (DiffusionModel.squaredNoiseEvaluations + last - 1) / last
    let lanes = makeLanes(for: last, of: 1, threads: threads) {
      ExampleLane(
        unet, parameters, for: .inference, schedule: schedule, data: images, seed: seed,
        stream: .squaredNoise)
    }
    let finished = Atomic(0)
    let values = forEachShard(last, of: 1, on: lanes) { index, lane in
      let t = Timestep(index: index.lowerBound)
      let draws = (0..<count).map { place in
        let image = (index.lowerBound * count + place) % images.count
        return Draw(
          image: image, classRow: classCount.map { image % $0 }, timestep: t,
          noise: (UInt32(place), UInt32(t.value)))
      }
      var excess = 0.0
      for start in stride(from: 0, to: count, by: ShardSize.usual) {
        let part = draws[start...].prefix(ShardSize.usual)
        lane.prepare(part)
        lane.lane.forward()
        excess += part.indices.reduce(0) { $0 + self.excess(of: lane, $1 - part.startIndex, at: t) }
      }
      let done = finished.add(1, ordering: .relaxed).newValue
      progress?(Double(done) / Double(last))
      return max(0, 1 + excess / Double(count * imageSize.values))
    }
    return SquaredNoise(values)
  }

  /// ‖ε̂‖² - ‖ε‖² of an image.
  private func excess(of lane: ExampleLane, _ place: Int, at t: Timestep) -> Double {
    let (xt, noise, x0) = (lane.xt(place), lane.noise(place), lane.output(place))
    prediction.estimateImage(
      at: t, in: schedule, xt: xt, output: x0, into: x0, images: 1, clipping)
    let noised = schedule.noised(at: t)
    combine(1 / noised.noiseWeight, xt, -noised.x0Weight / noised.noiseWeight, x0, into: x0)
    return dotProduct(x0, x0) - dotProduct(noise, noise)
  }

  /// The same of images that the model draws by DDIM: no data are needed, and a model's own images have
  /// the mean square that it was trained towards.
  ///
  /// - Parameters:
  ///   - seed: of the images and the noise.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Throws: `SamplingError` where the model cannot draw images.
  public func squaredNoise(
    seed: UInt64 = 0, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws(SamplingError) -> SquaredNoise {
    var options = SamplingOptions(threads: threads)
    options.seed = seed
    let steps = min(DiffusionModel.ownImageSteps, schedule.last.value)
    let plan = SamplingPlan.ddim(steps: steps, spacing: .trailing)
    let images = try sample(DiffusionModel.ownImages, plan, options).images
    return squaredNoise(of: images, seed: seed, threads: threads, progress: progress)
  }

  /// Images of its own that a model's squared noise is estimated from, and the steps to draw them in.
  private static let (ownImages, ownImageSteps) = (256, 20)
}
