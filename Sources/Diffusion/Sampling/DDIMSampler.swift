// DDIM (Song et al. 2020, Eq. 12): the family of samplers that share DDPM's training.

/// x_s = √ᾱ_s x̂0 + √(1 - ᾱ_s - σ²) ε̂ + σ z, where ε̂ is what remains of x_t without x̂0.
///
/// Wherever the estimate of x0 is clipped, ε̂ is derived from the clipped image again. With it, DDIM at
/// eta 1 is DDPM with the small variance; with the network's own ε (diffusers' default) the two would
/// differ wherever a pixel is clipped.
public struct DDIMSampler: Sampler, Equatable {
  /// How much noise a step adds.
  public var eta: Eta

  /// DDIM with some noise.
  ///
  /// - Parameter eta: 0 for none; 1 is DDPM.
  public init(eta: Eta = .value(0)) { self.eta = eta }

  /// DDIM, or DDPM where that is the same.
  public var name: String {
    switch eta {
    case .value(0): "DDIM"
    case .value(1): DDPMSampler(variance: .small).name
    case .value(let eta): "DDIM, eta \(eta)"
    case .hat: DDPMSampler(variance: .large).name
    }
  }

  /// At eta 0.
  public var isDeterministic: Bool { eta == .value(0) }

  /// Refuses an eta outside 0...1.
  public func check(in schedule: NoiseSchedule) throws(SamplingError) {
    if case .value(let eta) = eta, !(0...1).contains(eta) { throw .eta(eta) }
  }

  /// Steps along Eq. 12.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    walk.step(weights(from: t, to: s, in: walk.schedule), from: t)
  }

  /// The weights of a step (DDIM Eq. 12 and 16).
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  ///   - schedule: the forward process.
  public func weights(
    from t: Timestep, to s: Timestep, in schedule: NoiseSchedule
  ) -> StepWeights {
    let posterior = schedule.posterior(from: t, to: s)
    let sigma = eta.scale * posterior.variance(.small).squareRoot()
    let alphaBar = schedule.alphaBar(s)
    let direction = max(0, 1 - alphaBar - sigma * sigma).squareRoot()
    let mean = Prediction.sample.estimate(
      of: Mix(x0Weight: alphaBar.squareRoot(), noiseWeight: direction), at: t, in: schedule)
    let deviation = eta == .hat ? posterior.variance(.large).squareRoot() : sigma
    // The last step ends at the mean: noise would only spoil a finished image.
    return StepWeights(
      xtWeight: mean.xtWeight, x0Weight: mean.outputWeight, sigma: s == .zero ? 0 : deviation)
  }
}

/// How much noise a DDIM step adds.
public enum Eta: Hashable, Sendable {
  /// η in 0...1 (DDIM Eq. 16):
  ///
  /// ```
  /// σ = η √((1 - ᾱ_s) / (1 - ᾱ_t)) √(1 - ᾱ_t / ᾱ_s)
  /// ```
  case value(Double)
  /// The paper's σ̂ = √(1 - ᾱ_t / ᾱ_s), with the mean of η = 1: DDPM with the large variance.
  case hat

  /// η in the mean.
  fileprivate var scale: Double {
    switch self {
    case .value(let eta): eta
    case .hat: 1
    }
  }
}
