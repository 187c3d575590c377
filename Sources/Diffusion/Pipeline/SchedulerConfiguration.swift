// What a checkpoint says about the process a network was trained for: scheduler_config.json.

/// The forward process and its sampler's defaults, as diffusers' schedulers are configured.
package struct SchedulerConfiguration: Hashable, Sendable {
  /// The scheduler's class, with the settings only that class has.
  package enum Family: Hashable, Sendable {
    /// DDPMScheduler.
    case ddpm(ReverseVariance.Kind)
    /// DDIMScheduler; whether alphaBar before the first timestep is 1, else that of the first.
    case ddim(setsAlphaToOne: Bool)
    /// EulerDiscreteScheduler.
    case euler
    /// HeunDiscreteScheduler.
    case heun
    /// DPMSolverMultistepScheduler.
    case dpmSolver(SolverOrder)
    /// UniPCMultistepScheduler.
    case uniPC
  }

  /// The scheduler's class.
  package var family: Family
  /// T.
  package var timesteps: Int
  /// The first beta of the schedules that have ends.
  package var betaStart: Double
  /// Their last beta.
  package var betaEnd: Double
  /// How beta grows.
  package var betaSchedule: BetaSchedule
  /// beta of every timestep, in place of a schedule.
  package var trainedBetas: [Double]?
  /// Whether the schedule is rescaled so that nothing of x_0 remains at T (Lin et al. 2024).
  package var rescalesToZeroSNR: Bool
  /// What the network's output is.
  package var prediction: Prediction
  /// What becomes of estimates of x_0 that leave the range of images.
  package var clipping: Clipping
  /// Which timesteps are visited.
  package var spacing: StepSpacing
  /// What `.leading` adds to each timestep.
  package var stepsOffset: Int
  /// What this program draws with by default; nil is as the class says.
  package var preference: SamplingPreference?

  /// A configuration with diffusers' defaults for whatever is not given.
  package init(
    family: Family = .ddpm(.small), timesteps: Int = 1000, betaStart: Double = 1e-4,
    betaEnd: Double = 0.02, betaSchedule: BetaSchedule = .linear, trainedBetas: [Double]? = nil,
    rescalesToZeroSNR: Bool = false, prediction: Prediction = .noise,
    clipping: Clipping = .toRange(1), spacing: StepSpacing = .leading, stepsOffset: Int = 0
  ) {
    self.family = family
    self.timesteps = timesteps
    self.betaStart = betaStart
    self.betaEnd = betaEnd
    self.betaSchedule = betaSchedule
    self.trainedBetas = trainedBetas
    self.rescalesToZeroSNR = rescalesToZeroSNR
    self.prediction = prediction
    self.clipping = clipping
    self.spacing = spacing
    self.stepsOffset = stepsOffset
  }

  private static let betaLimits = Double.leastNormalMagnitude...1
  private static let clipLimits = 1e-3...1e6

  /// Checks that the settings make a process.
  ///
  /// - Throws: `ConfigurationError`, the first thing that is wrong.
  package func validate() throws(ConfigurationError) {
    try ConfigurationError.check("num_train_timesteps", timesteps, in: NoiseSchedule.timestepCounts)
    for (name, beta) in [("beta_start", betaStart), ("beta_end", betaEnd)] {
      try Self.check(name, beta)
    }
    if let trainedBetas {
      guard trainedBetas.count == timesteps else {
        throw .trainedBetas(count: trainedBetas.count, timesteps: timesteps)
      }
      for beta in trainedBetas { try Self.check("a beta of trained_betas", beta) }
    }
    switch clipping {
    case .none: break
    case .toRange(let bound):
      try ConfigurationError.check("clip_sample_range", bound, in: Self.clipLimits)
    case .dynamic(let quantile, let most):
      try ConfigurationError.check("dynamic_thresholding_ratio", quantile, in: Clipping.quantiles)
      try ConfigurationError.check(
        "sample_max_value", most ?? 1, in: 1...Self.clipLimits.upperBound)
    }
    try ConfigurationError.check("steps_offset", stepsOffset, in: 0...timesteps - 1)
    if let preference {
      try ConfigurationError.check(PreferenceKey.steps, preference.steps, in: 1...timesteps)
    }
    if rescalesToZeroSNR && prediction == .noise { throw .noisePredictionAtZeroSNR }
  }

  private static func check(_ name: String, _ beta: Double) throws(ConfigurationError) {
    guard betaLimits.contains(beta) else {
      throw .outOfRange(setting: name, value: "\(beta)", allowed: "above 0 and at most 1")
    }
  }
}
