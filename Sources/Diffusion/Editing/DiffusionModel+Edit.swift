// Real images encoded, decoded, and drawn anew from some noise on (DDIM, 4.3; SDEdit).

internal import Autograd
internal import Kernels

/// How DDIM's equation is solved between images and latents.
public enum LatentSolver: Sendable, CaseIterable {
  /// In first order, as its authors do.
  case ddim
  /// In second order: a tenth of the error of the way there and back, for the same time.
  case secondOrder

  var encoder: any Sampler {
    switch self {
    case .ddim: DDIMEncoder()
    case .secondOrder: SecondOrderDDIM()
    }
  }

  var decoder: any Sampler {
    switch self {
    case .ddim: DDIMSampler()
    case .secondOrder: SecondOrderDDIM()
    }
  }
}

extension DiffusionModel {
  /// The latents of images: x_T from which they are drawn again (Song et al. 2020, Section 4.3).
  ///
  /// - Parameters:
  ///   - images: in [-1, 1], of the model's size.
  ///   - steps: how many timesteps are visited.
  ///   - solver: of DDIM's equation.
  ///   - options: classes, threads.
  /// - Throws: `SamplingError`.
  public func encode(
    _ images: Images, steps: Int, by solver: LatentSolver = .secondOrder,
    _ options: SamplingOptions = SamplingOptions()
  ) throws(SamplingError) -> Images {
    precondition(images.size == imageSize, "images of \(images.size) for a model of \(imageSize)")
    let grid = try StepSpacing.trailing.timesteps(steps, of: schedule)
    var options = options
    (options.start, options.clipping) = (images, Clipping.none)
    let plan = SamplingPlan(solver.encoder, along: DDIMEncoder.path(against: grid))
    return try sample(images.count, plan, options).images
  }

  /// The images of latents, in as many steps as they were encoded in.
  ///
  /// - Parameters:
  ///   - latents: x_T.
  ///   - steps: how many timesteps are visited.
  ///   - solver: of DDIM's equation.
  ///   - options: classes, threads.
  /// - Throws: `SamplingError`.
  public func decode(
    _ latents: Images, steps: Int, by solver: LatentSolver = .secondOrder,
    _ options: SamplingOptions = SamplingOptions()
  ) throws(SamplingError) -> Images {
    var options = options
    (options.start, options.clipping) = (latents, Clipping.none)
    let plan = SamplingPlan(solver.decoder, steps: steps, spacing: .trailing)
    return try sample(latents.count, plan, options).images
  }

  /// Images of one class moved towards another one in h-space (Asyrp; Kwon et al. 2023): encoded, then
  /// decoded with a shift of the bottleneck's activations.
  ///
  /// - Parameters:
  ///   - latents: x_T of the images.
  ///   - shifts: of the classes.
  ///   - sources: the class of each image.
  ///   - target: the class that they are to become.
  ///   - amount: how far they go: 0 is DDIM, to the bit.
  ///   - steps: how many timesteps are visited.
  ///   - options: classes, threads.
  /// - Throws: `SamplingError`.
  package func decode(
    _ latents: Images, _ shifts: ClassShifts, from sources: [Int], to target: Int,
    amount: Double, steps: Int, _ options: SamplingOptions = SamplingOptions()
  ) throws(SamplingError) -> Images {
    var options = options
    (options.start, options.clipping) = (latents, Clipping.none)
    let sampler = AsyrpSampler(shifts, from: sources, to: target, amount: amount)
    let plan = SamplingPlan(sampler, steps: steps, spacing: .trailing)
    return try sample(latents.count, plan, options).images
  }

  /// Images noised to a timestep and denoised from there (SDEdit, Meng et al. 2022): the more noise, the
  /// more is drawn anew.
  ///
  /// - Parameters:
  ///   - images: in [-1, 1], of the model's size.
  ///   - strength: the share of the timesteps that noise is added for, from 0, which changes nothing, to 1.
  ///   - sampler: how noise is removed.
  ///   - steps: how many timesteps a whole sampling would visit.
  ///   - options: seed, classes, guidance, threads.
  /// - Throws: `SamplingError`.
  public func edit(
    _ images: Images, strength: Double, _ sampler: any Sampler = DDIMSampler(), steps: Int,
    _ options: SamplingOptions = SamplingOptions()
  ) throws(SamplingError) -> Images {
    precondition(images.size == imageSize, "images of \(images.size) for a model of \(imageSize)")
    precondition((0...1).contains(strength), "a strength of \(strength)")
    let first = Timestep(Int((strength * Double(schedule.last.value)).rounded()))
    guard first > .zero else { return images }
    let grid = try StepSpacing.trailing.timesteps(steps, of: schedule)
    let path = [first] + grid.filter { $0 < first } + [.zero]
    var options = options
    options.start = schedule.noised(
      images, noise: noise(images.count, seed: options.seed, first: options.first),
      at: Array(repeating: first, count: images.count))
    return try sample(images.count, SamplingPlan(sampler, along: path), options).images
  }
}
