// The network as a function of noisy images.

internal import Autograd
import Foundation
internal import Kernels

/// A network's output for noisy images at a timestep, convertible to any equivalent prediction.
public struct Denoised: Sendable {
  /// The noisy images x_t.
  public let xt: Images
  /// The network's output for them.
  public let output: Images
  private let timesteps: [Timestep]
  private let schedule: NoiseSchedule
  private let prediction: Prediction

  init(
    _ xt: Images, _ output: Images, _ timesteps: [Timestep], _ schedule: NoiseSchedule,
    _ prediction: Prediction
  ) {
    (self.xt, self.output, self.timesteps) = (xt, output, timesteps)
    (self.schedule, self.prediction) = (schedule, prediction)
  }

  /// The estimate of the image x_0 (DDPM Eq. 15), not clipped.
  public var x0: Images { estimate(of: .sample) }
  /// The estimate of the noise ε.
  public var noise: Images { estimate(of: .noise) }
  /// The estimate of the velocity √ᾱ ε - √(1 - ᾱ) x_0 (Salimans and Ho 2022).
  public var velocity: Images { estimate(of: .velocity) }
  /// The score ∇ log q(x_t), which is -ε / √(1 - ᾱ_t) (DDPM, Section 3.2).
  public var score: Images { combined { prediction.score(at: $0, in: schedule) } }

  /// The estimate of any prediction.
  ///
  /// - Parameter wanted: what is estimated.
  public func estimate(of wanted: Prediction) -> Images {
    combined { prediction.estimate(of: wanted, at: $0, in: schedule) }
  }

  private func combined(_ estimate: (Timestep) -> Estimate) -> Images {
    let (xt, output) = (FloatMemory(xt.values), FloatMemory(output.values))
    let values = self.xt.size.values
    return withExtendedLifetime((xt, output)) {
      for (image, t) in timesteps.enumerated() {
        let (start, target) = (image * values, output.all.slice(image * values, values))
        estimate(t).apply(xt: xt.all.slice(start, values), output: target, into: target)
      }
      return Images(size: self.xt.size, values: output.array)
    }
  }
}

extension DiffusionModel {
  /// Evaluates the network for noisy images that are all at one timestep.
  ///
  /// - Parameters:
  ///   - images: N images x_t of the model's size.
  ///   - t: their timestep, in 1...T.
  ///   - classes: of a conditional model; nil is image i of class i mod K.
  ///   - threads: how many cores work; the result is the same for any number.
  /// - Throws: `SamplingError` for classes or a timestep that the model does not have.
  public func denoise(
    _ images: Images, at t: Timestep, classes: ClassChoice? = nil,
    threads: Int = AvailableCores.count
  ) throws(SamplingError) -> Denoised {
    try denoise(
      images, at: Array(repeating: t, count: images.count), classes: classes, threads: threads)
  }

  /// Evaluates the network for noisy images, each at a timestep of its own.
  ///
  /// - Parameters:
  ///   - images: N images x_t of the model's size.
  ///   - timesteps: N timesteps in 1...T.
  ///   - classes: of a conditional model; nil is image i of class i mod K.
  ///   - threads: how many cores work; the result is the same for any number.
  /// - Throws: `SamplingError` for classes or a timestep that the model does not have.
  public func denoise(
    _ images: Images, at timesteps: [Timestep], classes: ClassChoice? = nil,
    threads: Int = AvailableCores.count
  ) throws(SamplingError) -> Denoised {
    precondition(
      images.size == imageSize && images.count == timesteps.count,
      "\(images.count) images of \(images.size), \(timesteps.count) timesteps of \(imageSize)")
    try check(classes)
    if let wrong = timesteps.first(where: { $0 == .zero || $0 > schedule.last }) {
      throw .timestep(wrong, of: schedule.last)
    }
    parameters.derive(Workers(count: threads))
    let lanes = makeLanes(for: images.count, of: ShardSize.usual, threads: threads) {
      NetworkLane(
        unet, parameters, for: .inference, size: imageSize, capacity: ShardSize.usual)
    }
    let values = imageSize.values
    let outputs = forEachShard(images.count, of: ShardSize.usual, on: lanes) { range, lane in
      let floats = range.lowerBound * values..<range.upperBound * values
      lane.xt.copy(from: Array(images.values[floats]))
      lane.condition(on: Array(timesteps[range]), classes: self.classes(range, classes))
      lane.forward()
      return lane.output.prefix(floats.count)
    }
    let output = Images(size: imageSize, values: outputs.flatMap(\.self))
    return Denoised(images, output, timesteps, schedule, prediction)
  }
}
