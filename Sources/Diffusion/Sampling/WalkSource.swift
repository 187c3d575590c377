// Where a walk gets the network's outputs and its noise from.

internal import Autograd
package import Kernels

/// Where outputs and noise come from: a network and a seed, or stored numbers.
package protocol WalkSource: Sendable {
  /// The network's output for noisy images.
  ///
  /// - Parameters:
  ///   - xt: [n, H, W, C].
  ///   - images: their numbers.
  ///   - timestep: what the network is conditioned on.
  func output(_ xt: Floats, _ images: Range<Int>, at timestep: Timestep) -> NetworkOutput

  /// Standard normal numbers for images at a timestep.
  ///
  /// - Parameters:
  ///   - target: [n, H, W, C], to be filled.
  ///   - images: their numbers.
  ///   - timestep: 0 for what they start from.
  func fillNoise(_ target: Floats, _ images: Range<Int>, at timestep: Timestep)
}

/// A model's network, and noise that belongs to a seed, an image and a timestep.
struct NetworkSource: WalkSource {
  private let denoiser: Denoiser
  private let random: Philox
  private let values: Int

  init(_ model: DiffusionModel, _ options: SamplingOptions, batch: Int) {
    denoiser = Denoiser(
      model, classes: options.classes, options.effectiveGuidance, batch: batch)
    random = Philox(seed: options.seed, stream: RandomStream.sampling.rawValue)
    values = model.imageSize.values
  }

  func output(_ xt: Floats, _ images: Range<Int>, at timestep: Timestep) -> NetworkOutput {
    denoiser.output(xt, images, at: timestep)
  }

  func fillNoise(_ target: Floats, _ images: Range<Int>, at timestep: Timestep) {
    for (place, image) in images.enumerated() {
      random.fillNormal(
        target.slice(place * values, values), item: UInt32(image), time: UInt32(timestep.value))
    }
  }
}
