// L_simple: DDPM's objective (Ho et al. 2020, Eq. 14).

/// w(t)·‖output - target‖², the target being what the network is to predict: with noise and w = 1 it is
/// ‖ε - ε_θ(x_t, t)‖².
public struct SimpleLoss: Objective {
  /// The weight of a timestep.
  public var weight: @Sendable (_ t: Timestep, _ schedule: NoiseSchedule) -> Double

  /// L_simple with weights of the timesteps.
  ///
  /// - Parameter weight: of timestep t in 1...T of a schedule; 1 is DDPM's.
  public init(
    weight: @escaping @Sendable (_ t: Timestep, _ schedule: NoiseSchedule) -> Double = { _, _ in 1 }
  ) {
    self.weight = weight
  }

  /// Compares the output with what the network is to predict.
  public func evaluate(_ example: inout Example) {
    let (t, schedule) = (example.timestep, example.schedule)
    example.addSquaredError(
      from: example.prediction.target(at: t, in: schedule), weight: weight(t, schedule))
  }
}
