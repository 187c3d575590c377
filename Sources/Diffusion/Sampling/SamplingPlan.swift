// How images are drawn: which sampler visits which timesteps.

/// A sampler and the timesteps it visits, for any model.
public struct SamplingPlan: Sendable {
  /// Which timesteps are visited.
  public enum Visits: Equatable, Sendable {
    /// So many of 1...T, or all; spread in some way, or as the model's own pipeline spreads them.
    case spread(steps: Int?, StepSpacing?)
    /// These, from the first to the last, which is where the walk ends: 0 is data.
    case path([Timestep])
  }

  /// How each step is taken.
  public var sampler: any Sampler
  /// Where the steps lead.
  public var visits: Visits

  /// S steps of a sampler.
  ///
  /// - Parameters:
  ///   - sampler: how each step is taken.
  ///   - steps: S, in 1...T; nil is T.
  ///   - spacing: which timesteps are visited; nil is as the model's pipeline says.
  public init(_ sampler: any Sampler, steps: Int?, spacing: StepSpacing? = nil) {
    (self.sampler, visits) = (sampler, .spread(steps: steps, spacing))
  }

  /// Steps of a sampler along given timesteps.
  ///
  /// - Parameters:
  ///   - sampler: how each step is taken.
  ///   - path: where the walk begins, where each step leads, and where it ends; neighbours differ. What
  ///     goes back to noisier timesteps is for samplers that do.
  public init(_ sampler: any Sampler, along path: [Timestep]) {
    (self.sampler, visits) = (sampler, .path(path))
  }

  /// DDIM (Song et al. 2020).
  ///
  /// - Parameters:
  ///   - steps: how many timesteps are visited.
  ///   - eta: how much noise is added.
  ///   - spacing: which ones; nil is as the model's pipeline says.
  public static func ddim(
    steps: Int = 50, eta: Eta = .value(0), spacing: StepSpacing? = nil
  ) -> SamplingPlan {
    SamplingPlan(DDIMSampler(eta: eta), steps: steps, spacing: spacing)
  }

  /// DDPM (Ho et al. 2020).
  ///
  /// - Parameters:
  ///   - steps: how many timesteps are visited; nil is all.
  ///   - variance: of a step.
  ///   - spacing: which timesteps; nil is as the model's pipeline says.
  public static func ddpm(
    steps: Int? = nil, variance: ReverseVariance = .small, spacing: StepSpacing? = nil
  ) -> SamplingPlan {
    SamplingPlan(DDPMSampler(variance: variance), steps: steps, spacing: spacing)
  }

  /// The timesteps that are visited with a model, from the first x to the last.
  ///
  /// - Parameters:
  ///   - schedule: the model's.
  ///   - defaults: what the model's pipeline says.
  /// - Throws: `SamplingError` if the spacing has no S different steps or reaches no noise, if a step
  ///   leads nowhere, or if a setting of the sampler is impossible.
  package func path(
    in schedule: NoiseSchedule, _ defaults: SamplingDefaults
  ) throws(SamplingError) -> [Timestep] {
    try sampler.check(in: schedule)
    switch visits {
    case .path(let path):
      if let wrong = path.first(where: { $0 > schedule.last }) {
        throw .timestep(wrong, of: schedule.last)
      }
      if let (t, _) = zip(path, path.dropFirst()).first(where: { $0 == $1 }) {
        throw .noStep(at: t)
      }
      return path
    case .spread(let steps, let spacing):
      let steps = steps ?? schedule.last.value
      guard steps >= sampler.leastSteps else {
        throw .fewSteps(steps, least: sampler.leastSteps, of: sampler.name)
      }
      let grid =
        if let spacing {
          try spacing.timesteps(steps, of: schedule, offset: defaults.stepsOffset)
        } else {
          try defaults.timesteps(steps, of: schedule, by: sampler)
        }
      guard steps > 1 || grid[0] == schedule.last else {
        throw .reachesNoNoise(grid[0], spacing ?? defaults.spacing)
      }
      // A walk that ends at x_1 needs no further step where the grid ends there.
      let end = sampler is DDIMSampler ? defaults.end : .zero
      return grid[grid.count - 1] == end ? grid : grid + [end]
    }
  }
}
