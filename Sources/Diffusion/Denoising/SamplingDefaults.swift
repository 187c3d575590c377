// The sampling settings of a model's own pipeline.

/// How a model's images are drawn by default: its scheduler's settings.
public struct SamplingDefaults: Equatable, Sendable {
  /// How noise is removed.
  public var sampler = DefaultSampler.ddim
  /// Which timesteps a short sampler visits.
  public var spacing: StepSpacing = .trailing
  /// How much later each visited timestep is, with leading spacing; diffusers' `steps_offset`.
  public var stepsOffset = 0
  /// Where DDIM's last step leads: data, or x_1 where alphaBar before the first timestep counts as that
  /// of the first (diffusers' `set_alpha_to_one: false`).
  public var end = Timestep.zero
  /// The variance of the ancestral sampler.
  public var variance = ReverseVariance.Kind.small

  /// What draws it best, where its folder says so; nil is the sampler above.
  public var preference: SamplingPreference?

  /// DDIM with trailing spacing, or DDPM with the small variance, down to data.
  public init() {}
}

/// What a model is best drawn with, as its makers have measured.
public struct SamplingPreference: Hashable, Sendable {
  /// How noise is removed.
  public var sampler: DefaultSampler
  /// Which timesteps are visited.
  public var spacing: StepSpacing
  /// How many, in 1...T.
  public var steps: Int

  /// A sampler with its timesteps.
  ///
  /// - Parameters:
  ///   - sampler: how noise is removed.
  ///   - spacing: which timesteps are visited.
  ///   - steps: how many, in 1...T.
  public init(sampler: DefaultSampler, spacing: StepSpacing, steps: Int) {
    (self.sampler, self.spacing, self.steps) = (sampler, spacing, steps)
  }
}

extension SamplingPreference {
  /// What draws a network of the usual recipe best, a velocity on the cosine schedule: UniPC in ten
  /// evaluations, evenly in the squared angle. It is nearer to the data than DDIM in fifty after trainings
  /// of two, five and twenty minutes; other recipes have not been measured, and keep DDIM.
  static func measured(for schedule: NoiseSchedule, _ prediction: Prediction)
    -> SamplingPreference?
  {
    guard prediction == .velocity, case .shape(.cosine, _, _) = schedule.origin else { return nil }
    return SamplingPreference(
      sampler: .uniPC, spacing: .angle, steps: min(10, schedule.last.value))
  }
}
