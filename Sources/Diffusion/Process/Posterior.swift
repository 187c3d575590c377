// The forward process undone: q(x_s | x_t, x_0), between neighbours and across a gap.

/// The two variances DDPM samples with (Ho et al. 2020, Section 3.2).
public enum PosteriorVariance: String, CaseIterable, Codable, Sendable {
  /// betaTilde, the posterior's own: the lower bound of the right variance.
  case small
  /// beta: the upper bound.
  case large
}

/// The Gaussian q(x_s | x_t, x_0) for s < t: mean
/// x0Weight·(image) + xtWeight·(x_t), and variance.
public struct Posterior: Equatable, Sendable {
  /// The weight of the image in the mean.
  public let x0Weight: Double
  /// The weight of x_t in the mean.
  public let xtWeight: Double
  private let betaTilde: Double
  private let beta: Double

  fileprivate init(alphaBar: Double, previous: Double) {
    // The beta of a process that has no timesteps between s and t. The difference is exact where
    // 1 - alphaBar / previous would cancel.
    beta = (previous - alphaBar) / previous
    let (noise, previousNoise) = (1 - alphaBar, 1 - previous)
    x0Weight = beta * previous.squareRoot() / noise
    xtWeight = (alphaBar / previous).squareRoot() * previousNoise / noise
    betaTilde = beta * previousNoise / noise
  }

  /// The variance of x_s: the posterior's own, or the larger one of the forward process.
  public func variance(_ choice: PosteriorVariance) -> Double {
    switch choice {
    case .small: betaTilde
    case .large: beta
    }
  }
}

extension NoiseSchedule {
  /// q(x_s | x_t, x_0) (DDPM Eq. 6 and 7), computed as
  ///
  /// ```
  /// β' = 1 - ᾱ_t / ᾱ_s    mean = β' √ᾱ_s / (1 - ᾱ_t) x0 + √(1 - β') (1 - ᾱ_s) / (1 - ᾱ_t) x_t
  ///                   variance = β' (1 - ᾱ_s) / (1 - ᾱ_t)  or  β'
  /// ```
  /// For s = t - 1 that is β_t; for a larger step it is the posterior of the shortened process.
  /// At s = 0 the mean is the image and the small variance 0.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  public func posterior(from t: Timestep, to s: Timestep) -> Posterior {
    precondition(s < t, "a posterior from timestep \(t) to \(s)")
    return Posterior(alphaBar: alphaBar(t), previous: alphaBar(s))
  }

  /// The mean of q(x_{t-1} | x_t, x_0) as a mix of image and noise (DDPM Eq. 7); at t = 1 the image.
  ///
  /// - Parameter t: in 1...T.
  public func posteriorMean(at t: Timestep) -> Mix {
    let posterior = posterior(from: t, to: t.advanced(by: -1))
    let noised = noised(at: t)
    return Mix(
      x0Weight: posterior.x0Weight + posterior.xtWeight * noised.x0Weight,
      noiseWeight: posterior.xtWeight * noised.noiseWeight)
  }

  /// The variance of p(x_0 | x_1) where a likelihood needs one: betaTilde of the second timestep.
  ///
  /// The posterior's own is 0 there; the DDPM authors' code takes the next one for either choice
  /// of variance, for a better likelihood.
  public var decoderVariance: Double { posteriorVariance(Timestep(2)) }

  /// Whether the first timestep adds more noise than the second: the table of a process in continuous time
  /// (VDM), which begins at γ(0) and not at the data. Every other schedule's betas rise.
  package var beginsWithNoise: Bool { beta(Timestep(1)) > 2 * beta(Timestep(2)) }
}
