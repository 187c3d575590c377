// A whole way from noise to image: every step's numbers, before the first one is taken.

/// The steps of a sampler along a grid of timesteps.
public struct SamplingPlan: Equatable, Sendable {
  /// From the noisiest to the one that ends at data; each starts where the one before it ends.
  public let steps: [ReverseStep]

  /// Plans the steps along a grid.
  ///
  /// - Parameters:
  ///   - grid: timesteps of 1...T, strictly decreasing; data follows the last of them.
  ///   - sampler: how each step is taken.
  ///   - schedule: the process the network was trained for.
  ///   - prediction: what the network outputs.
  ///   - clipping: what becomes of estimates out of range.
  /// - Throws: `SamplingError` if eta is not in 0...1 or the range to clip to is not positive.
  package init(
    along grid: [Timestep], sampler: Sampler, schedule: NoiseSchedule, prediction: Prediction,
    clipping: Clipping
  ) throws(SamplingError) {
    if case .ddim(.value(let eta)) = sampler, !(0...1).contains(eta) { throw .eta(eta) }
    if case .toRange(let bound) = clipping, !(bound > 0) { throw .clipping(bound) }
    steps = zip(grid, grid.dropFirst() + [.zero]).map { timestep, previous in
      sampler.step(
        from: timestep, to: previous, schedule: schedule, prediction: prediction,
        clipping: clipping)
    }
  }

  /// Plans S steps with the given spacing.
  ///
  /// - Parameters:
  ///   - steps: S, in 1...T.
  ///   - spacing: which timesteps are visited.
  ///   - sampler: how each step is taken.
  ///   - schedule: the process the network was trained for, of T timesteps.
  ///   - prediction: what the network outputs.
  ///   - clipping: what becomes of estimates out of range.
  /// - Throws: `SamplingError` if the spacing has no S different steps, if eta is not in 0...1 or if
  ///   the range to clip to is not positive.
  public init(
    steps: Int, spacing: StepSpacing, sampler: Sampler, schedule: NoiseSchedule,
    prediction: Prediction, clipping: Clipping
  ) throws(SamplingError) {
    try self.init(
      along: spacing.timesteps(steps, of: schedule.last), sampler: sampler, schedule: schedule,
      prediction: prediction, clipping: clipping)
  }
}
