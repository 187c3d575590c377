// Between what a checkpoint says of the process and the process itself.

extension NoiseSchedule {
  /// The schedule that a scheduler's configuration describes, with diffusers' rounding.
  ///
  /// - Throws: `ScheduleError` where it makes no process.
  init(_ configuration: SchedulerConfiguration) throws(ScheduleError) {
    let (from, to) = (configuration.betaStart, configuration.betaEnd)
    let kind: NoiseScheduleKind =
      if let betas = configuration.trainedBetas {
        .betas(betas)
      } else {
        switch configuration.betaSchedule {
        case .linear: .linear(from: from, to: to)
        case .scaledLinear: .quadratic(from: from, to: to)
        case .sigmoid: .sigmoid(from: from, to: to)
        case .squaredCosine: NoiseScheduleFamily.cosine.kind(timesteps: configuration.timesteps)
        }
      }
    try self.init(kind, timesteps: configuration.timesteps, tabulation: .diffusers)
  }
}

extension SchedulerConfiguration {
  /// The configuration that describes a process.
  init(_ schedule: NoiseSchedule, _ prediction: Prediction, _ clipping: Clipping) {
    self.init(timesteps: schedule.last.value, prediction: prediction, clipRange: nil)
    // Trailing grids start where sampling starts, from pure noise; diffusers' own default does not.
    spacing = .trailing
    if case .toRange(let bound) = clipping { clipRange = bound }
    switch schedule.kind {
    case .linear(let from, let to):
      (betaSchedule, betaStart, betaEnd) = (.linear, from, to)
    case .quadratic(let from, let to):
      (betaSchedule, betaStart, betaEnd) = (.scaledLinear, from, to)
    case .sigmoid(let from, let to):
      (betaSchedule, betaStart, betaEnd) = (.sigmoid, from, to)
    case NoiseScheduleFamily.cosine.kind(timesteps: timesteps):
      betaSchedule = .squaredCosine
    case .cosine:
      // diffusers knows no other offset than the paper's.
      trainedBetas = schedule.timesteps.map(schedule.beta)
    case .betas(let betas):
      trainedBetas = betas
    }
  }
}
