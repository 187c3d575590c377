// L_simple: DDPM's objective (Ho et al. 2020, Eq. 14).

/// w(t)·‖output - target‖², the target being what the network is to predict: with noise and w = 1 it is
/// ‖ε - ε_θ(x_t, t)‖².
public struct SimpleLoss: Objective {
  /// The weight of a timestep on the squared error of the network's output.
  public typealias Weight =
    @Sendable (
      _ prediction: Prediction, _ t: Timestep, _ schedule: NoiseSchedule
    ) -> Double

  /// The weight of a timestep.
  public var weight: Weight

  /// L_simple with weights of the timesteps.
  ///
  /// - Parameter weight: of timestep t in 1...T of a schedule; 1 is DDPM's.
  public init(weight: @escaping Weight = { _, _, _ in 1 }) { self.weight = weight }

  /// L_simple with weights that have a name.
  ///
  /// - Parameter weight: which ones.
  public init(weight: TimestepWeight) {
    self.weight = { weight(of: $0, at: $1, in: $2) }
  }

  /// Compares the output with what the network is to predict.
  public func evaluate(_ example: inout Example) {
    let (t, schedule) = (example.timestep, example.schedule)
    example.addSquaredError(
      from: example.prediction.target(at: t, in: schedule),
      weight: weight(example.prediction, t, schedule))
  }
}
