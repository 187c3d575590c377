// The sampling settings of a model's own pipeline.

/// How a model's images are drawn by default: its scheduler's settings.
public struct SamplingDefaults: Equatable, Sendable {
  /// How noise is removed.
  public var sampler = DefaultSampler.ddim
  /// Which timesteps a short sampler visits.
  public var spacing: StepSpacing = .trailing
  /// How many timesteps it visits; nil is as many as is usual for the sampler.
  public var steps: Int?
  /// How much later each visited timestep is, with leading spacing; diffusers' `steps_offset`.
  public var stepsOffset = 0
  /// Where DDIM's last step leads: data, or x_1 where alphaBar before the first timestep counts as that
  /// of the first (diffusers' `set_alpha_to_one: false`).
  public var end = Timestep.zero
  /// The variance of the ancestral sampler.
  public var variance = ReverseVariance.Kind.small

  /// DDIM with trailing spacing, or DDPM with the small variance, down to data.
  public init() {}
}
