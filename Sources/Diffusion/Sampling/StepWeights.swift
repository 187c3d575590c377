// What one-evaluation samplers make x_s of: two weights and a standard deviation.

/// The numbers of a step from x_t to x_s that is linear in x_t and the estimate of x0:
///
/// ```
/// x_s = xtWeight · x_t + x0Weight · x̂0 + sigma · z
/// ```
public struct StepWeights: Equatable, Sendable {
  /// The weight of x_t.
  public let xtWeight: Double
  /// The weight of the estimate of x0, after clipping.
  public let x0Weight: Double
  /// The standard deviation of the noise added; 0 in deterministic steps and in the last one.
  public let sigma: Double

  /// The weights of a step.
  ///
  /// - Parameters:
  ///   - xtWeight: of x_t.
  ///   - x0Weight: of the estimate of x0.
  ///   - sigma: the noise's standard deviation, not negative.
  public init(xtWeight: Double, x0Weight: Double, sigma: Double) {
    (self.xtWeight, self.x0Weight, self.sigma) = (xtWeight, x0Weight, sigma)
  }
}

extension Walk {
  /// Takes a step of such weights: one evaluation of the network at t, then x_s in place of x_t.
  ///
  /// - Parameters:
  ///   - weights: of the step from `t`.
  ///   - t: the timestep of x_t.
  public mutating func step(_ weights: StepWeights, from t: Timestep) {
    let x0 = estimate(at: t)
    x.set(weights.xtWeight * x + weights.x0Weight * x0)
    addNoise(weights.sigma, at: t)
  }
}
