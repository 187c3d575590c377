// Which timesteps a short sampler visits.

/// How S steps are spread over T timesteps.
///
/// For T = 1000 and S = 10, counted from 1:
/// ```
/// uniform     901 801 701 601 501 401 301 201 101   1
/// quadratic  1000 810 640 490 360 250 160  90  40  10
/// leading     901 801 701 601 501 401 301 201 101   1
/// trailing   1000 900 800 700 600 500 400 300 200 100
/// linspace   1000 889 778 667 556 445 334 223 112   1
/// ```
public enum StepSpacing: String, CaseIterable, Sendable {
  /// Every (T/S)-th timestep from the first, as the DDIM authors' code; T/S must be whole.
  case uniform
  /// t_i = ⌊T/S² · i²⌋ for i in 1...S: DDIM's quadratic sub-sequence (Song et al. 2020, Appendix
  /// D.2), which ends at T as the paper asks and not at 0.8 T as the authors' code does.
  case quadratic
  /// Every ⌊T/S⌋-th timestep from the first: diffusers' default, which never visits T.
  case leading
  /// Every T/S-th timestep, rounded, from T down: starts where sampling starts, from pure noise.
  case trailing
  /// Evenly from T to 1, both included, rounded.
  case linspace

  /// Exactly S timesteps of 1...T, strictly decreasing.
  ///
  /// - Parameters:
  ///   - steps: S.
  ///   - last: T.
  /// - Throws: `SamplingError` if S is not in 1...T, or if this spacing has no S different steps.
  package func timesteps(
    _ steps: Int, of last: Timestep
  ) throws(SamplingError) -> [Timestep] {
    let count = last.value
    guard steps >= 1, steps <= count else { throw .steps(steps, of: count) }
    switch self {
    case .uniform:
      guard count % steps == 0 else { throw .uneven(steps: steps, of: count) }
      return StepSpacing.strided(steps, by: count / steps)
    case .leading:
      return StepSpacing.strided(steps, by: count / steps)
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
