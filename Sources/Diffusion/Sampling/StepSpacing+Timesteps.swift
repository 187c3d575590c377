// Which timesteps a short sampler visits.

extension StepSpacing {
  /// Exactly S timesteps of 1...T, strictly decreasing.
  ///
  /// - Parameters:
  ///   - steps: S.
  ///   - last: T.
  ///   - offset: how much later each timestep of leading spacing is.
  /// - Throws: `SamplingError` if S is not in 1...T, or if this spacing has no S different steps.
  package func timesteps(
    _ steps: Int, of last: Timestep, offset: Int = 0
  ) throws(SamplingError) -> [Timestep] {
    let count = last.value
    guard steps >= 1, steps <= count else { throw .steps(steps, of: count) }
    switch self {
    case .uniform:
      guard count % steps == 0 else { throw .uneven(steps: steps, of: count) }
      return StepSpacing.strided(steps, by: count / steps)
    case .leading:
      let stride = count / steps
      guard (steps - 1) * stride + offset < count else {
        throw .offset(offset, steps: steps, of: count)
      }
      return StepSpacing.strided(steps, by: stride).map { $0.advanced(by: offset) }
    case .quadratic:
      // Timesteps repeat, or are 0, as soon as the factor falls below 1.
      guard steps * steps <= count else { throw .repeated(steps: steps, of: count) }
      return (1...steps).reversed().map { Timestep(count * $0 * $0 / (steps * steps)) }
    case .trailing:
      // NumPy's arange takes the difference of its first two values for the stride; the rounding
      // in it decides cases half-way between two timesteps.
      let first = Double(count)
      let stride = first - (first - first / Double(steps))
      return (0..<steps).map { StepSpacing.rounded(first - Double($0) * stride) }
    case .linspace:
      let stride = Double(count - 1) / Double(max(steps - 1, 1))
      return (0..<steps).reversed().map {
        Timestep(index: StepSpacing.rounded(Double($0) * stride).value)
      }
    }
  }

  private static func strided(_ steps: Int, by stride: Int) -> [Timestep] {
    (0..<steps).reversed().map { Timestep(index: $0 * stride) }
  }

  /// Half to even, as NumPy rounds; diffusers' grids depend on it.
  private static func rounded(_ value: Double) -> Timestep {
    Timestep(Int(value.rounded(.toNearestOrEven)))
  }
}
