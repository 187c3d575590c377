// Converts a checkpoint's scheduler configuration to the process it describes, and back.

extension NoiseSchedule {
  /// The schedule that a scheduler's configuration describes, with diffusers' rounding.
  ///
  /// - Throws: `ScheduleError` where it makes no process.
  package init(_ configuration: SchedulerConfiguration) throws(ScheduleError) {
    if let betas = configuration.trainedBetas {
      let exact = try? NoiseSchedule(betas: betas)
      // Where a process begins with noise, its betas are lost in diffusers' rounding of 1 - beta.
      if let exact, exact.beginsWithNoise {
        self = exact
      } else {
        try self.init(betas: betas, tabulation: .diffusers)
      }
    } else {
      try self.init(
        configuration.betaSchedule, from: configuration.betaStart, to: configuration.betaEnd,
        timesteps: configuration.timesteps, tabulation: .diffusers)
    }
    if configuration.rescalesToZeroSNR { self = try withZeroTerminalSNR() }
  }
}

extension SchedulerConfiguration {
  /// The configuration that describes a process and how it is drawn from.
  init(
    _ schedule: NoiseSchedule, _ prediction: Prediction, _ clipping: Clipping,
    _ defaults: SamplingDefaults
  ) {
    self.init(timesteps: schedule.last.value, prediction: prediction, clipping: clipping)
    stepsOffset = defaults.stepsOffset
    describe(schedule)
    spacing = defaults.spacing
    family =
      switch defaults.sampler {
      case .ddim: defaults.end == .zero ? .ddpm(defaults.variance) : .ddim(setsAlphaToOne: false)
      case .euler: .euler
      case .heun: .heun
      case .dpmSolver(let order): .dpmSolver(order)
      case .uniPC: .uniPC
      }
    preference = defaults.preference
  }

  private mutating func describe(_ schedule: NoiseSchedule) {
    switch schedule.origin {
    case .shape(.cosine, _, _):
      betaSchedule = .cosine
    case .shape(let shape, let first, let last):
      (betaSchedule, betaStart, betaEnd) = (shape, first, last)
    case .betas:
      trainedBetas = schedule.timesteps.map(schedule.beta)
    case .zeroTerminalSNR(let original):
      describe(original)
      rescalesToZeroSNR = true
    }
  }

  /// How the scheduler draws by default.
  var samplingDefaults: SamplingDefaults {
    var defaults = SamplingDefaults()
    (defaults.spacing, defaults.stepsOffset) = (spacing, stepsOffset)
    switch family {
    case .ddpm(let variance): defaults.variance = variance
    case .ddim(let setsAlphaToOne): defaults.end = setsAlphaToOne ? .zero : Timestep(1)
    case .euler: defaults.sampler = .euler
    case .heun: defaults.sampler = .heun
    case .dpmSolver(let order): defaults.sampler = .dpmSolver(order)
    case .uniPC: defaults.sampler = .uniPC
    }
    defaults.preference = preference
    return defaults
  }
}
