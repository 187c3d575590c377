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
  ///   - shift: what is added to the bottleneck's activations; nil for nothing.
  func output(
    _ xt: Floats, _ images: Range<Int>, at timestep: Timestep, shift: BottleneckShift?
  ) -> NetworkOutput

  /// Standard normal numbers for images at a timestep.
  ///
  /// - Parameters:
  ///   - target: [n, H, W, C], to be filled.
  ///   - images: their numbers.
  ///   - place: which numbers of the stream.
  func fillNoise(_ target: Floats, _ images: Range<Int>, at place: NoisePlace)
}

/// Writes what is added to the bottleneck's activations: an image's number, and its [h, w, C] floats to
/// be set.
public typealias BottleneckShift = (_ image: Int, _ shift: Block) -> Void

/// Where the noise of a step lies in an image's stream.
package struct NoisePlace: Equatable, Sendable {
  /// What the noise is for.
  package enum Use: Int, CaseIterable, Sendable {
    /// A sampler's step, and at timestep 0 what images start from.
    case step
    /// A step back to a noisier timestep.
    case jump
    /// The noise of images that are known.
    case known
  }

  /// The timestep that the step starts from; 0 for what images start from.
  package let timestep: Timestep
  /// How many steps began there before.
  package let round: Int
  /// What the noise is for.
  package let use: Use

  /// - Parameters:
  ///   - timestep: the timestep that the step starts from.
  ///   - round: how many steps began there before.
  ///   - use: what the noise is for.
  package init(_ timestep: Timestep, round: Int = 0, use: Use = .step) {
    (self.timestep, self.round, self.use) = (timestep, round, use)
  }

  /// More than any timestep.
  private static let timesteps = 1 << 17

  /// The place as a number: the timestep itself where no timestep is visited twice.
  var time: UInt32 {
    UInt32(timestep.value + (Use.allCases.count * round + use.rawValue) * NoisePlace.timesteps)
  }
}

/// A model's network, and noise that belongs to a seed, an image and a timestep.
struct NetworkSource: WalkSource {
  private let denoiser: Denoiser
  private let random: Philox
  private let values: Int

  init(
    _ model: DiffusionModel, _ options: SamplingOptions, batch: Int, opensBottleneck: Bool
  ) {
    denoiser = Denoiser(
      model, classes: options.classes, options.effectiveGuidance, batch: batch,
      opensBottleneck: opensBottleneck)
    random = Philox(seed: options.seed, stream: RandomStream.sampling.rawValue)
    values = model.imageSize.values
  }

  func output(
    _ xt: Floats, _ images: Range<Int>, at timestep: Timestep, shift: BottleneckShift?
  ) -> NetworkOutput {
    denoiser.output(xt, images, at: timestep, shift: shift)
  }

  func fillNoise(_ target: Floats, _ images: Range<Int>, at place: NoisePlace) {
    for (number, image) in images.enumerated() {
      random.fillNormal(
        target.slice(number * values, values), item: UInt32(image), time: place.time)
    }
  }
}
