// DDPM's ancestral sampling (Ho et al. 2020, Algorithm 2), also of a shortened process.

/// x_s is drawn from q(x_s | x_t, x̂0), the posterior with the network's estimate for the image.
public struct DDPMSampler: Sampler, Equatable {
  /// The variance of a step.
  public var variance: ReverseVariance

  /// DDPM.
  ///
  /// - Parameter variance: of a step; small is betaTilde, large is beta.
  public init(variance: ReverseVariance = .small) { self.variance = variance }

  /// DDPM and its variance.
  public var name: String { "DDPM, \(variance.kind.rawValue) variance" }
  /// Where the variance is the network's.
  public var readsVariance: Bool { variance == .learned }

  /// Makes sure that an optimal variance is that of the schedule's timesteps.
  public func check(in schedule: NoiseSchedule) throws(SamplingError) {
    guard case .optimal(let image) = variance, image.count != schedule.last.value else { return }
    throw .imageVariance(of: image.count, schedule.last)
  }

  /// Steps along Algorithm 2: the posterior's mean, then noise.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    walk.step(weights(from: t, to: s, in: walk.schedule), from: t)
    if variance == .learned, s != .zero { walk.addLearnedNoise(from: t, to: s) }
  }

  /// The weights of a step (DDPM Eq. 7, of the shortened process where s < t - 1).
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  ///   - schedule: the forward process.
  /// - Returns: weights with no sigma where the variance is the network's.
  public func weights(
    from t: Timestep, to s: Timestep, in schedule: NoiseSchedule
  ) -> StepWeights {
    let posterior = schedule.posterior(from: t, to: s)
    let squared =
      switch variance {
      case .fixed(let choice): posterior.variance(choice)
      case .optimal(let image): schedule.optimalVariance(from: t, to: s, image)
      case .learned: 0.0
      }
    // The last step ends at the mean: noise would only spoil a finished image.
    return StepWeights(
      xtWeight: posterior.xtWeight, x0Weight: posterior.x0Weight,
      sigma: s == .zero ? 0 : squared.squareRoot())
  }
}
