// The variance of p(x_s | x_t): fixed, learned by the network, or optimal for it.

import Foundation

/// The variance of a step of the reverse process.
public enum ReverseVariance: Equatable, Sendable {
  /// One of DDPM's two (Ho et al. 2020, Section 3.2).
  case fixed(PosteriorVariance)
  /// The network's own for every value (Nichol and Dhariwal 2021, Eq. 15), of a network that learned it.
  case learned
  /// The best one for a network's mean, by its mean squared noise (Bao et al. 2022).
  case optimal(SquaredNoise)

  /// betaTilde.
  public static let small = ReverseVariance.fixed(.small)
  /// beta.
  public static let large = ReverseVariance.fixed(.large)

  /// Which of them it is.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    case small
    case large
    case learned
    case optimal
  }

  /// Which of them it is.
  public var kind: Kind {
    switch self {
    case .fixed(.small): .small
    case .fixed(.large): .large
    case .learned: .learned
    case .optimal: .optimal
    }
  }
}

/// Γ_t = E ‖ε̂(x_t, t)‖² / d, the mean square of a network's estimates of the noise at each timestep.
public struct SquaredNoise: Equatable, Codable, Sendable {
  private let values: [Double]

  /// The mean squares of the timesteps 1...T.
  ///
  /// - Parameter values: T numbers, not negative.
  public init(_ values: [Double]) {
    self.values = values
  }

  /// How many timesteps there are.
  public var count: Int { values.count }

  /// Γ_t, for t in 1...T.
  public subscript(t: Timestep) -> Double { values[t.index] }
}

extension NoiseSchedule {
  /// The variance of p(x_s | x_t) that is optimal for the noise a network estimates (Bao et al. 2022,
  /// Theorem 1 with the bounds of Theorem 2 for data in [-1, 1]):
  ///
  /// ```
  /// σ² = β̃' + ᾱ_s β'² / (1 - ᾱ_t)² v        v = (1 - ᾱ_t)/ᾱ_t (1 - Γ_t), within 0...1
  /// ```
  /// v is the mean variance of an image's values given x_t. Were they all N(0, 1), σ² would be β'; were
  /// there one image only, β̃'.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  ///   - squaredNoise: Γ, of as many timesteps as the schedule has.
  public func optimalVariance(
    from t: Timestep, to s: Timestep, _ squaredNoise: SquaredNoise
  ) -> Double {
    precondition(
      squaredNoise.count == last.value,
      "the squared noise of \(squaredNoise.count) timesteps for a schedule of \(last)")
    let posterior = posterior(from: t, to: s)
    // Where nothing is left of the image, its noise says nothing of how it varies.
    let imageVariance =
      signalToNoise(t) > 0 ? (1 - squaredNoise[t]) / signalToNoise(t) : 1
    return posterior.variance(.small)
      + posterior.x0Weight * posterior.x0Weight * min(1, max(0, imageVariance))
  }

  /// ln β' and ln β̃', between which a network's own variance of a step lies:
  ///
  /// ```
  /// ln σ² = f ln β' + (1 - f) ln β̃'        f = (v + 1)/2
  /// ```
  /// v is the network's output (Nichol and Dhariwal 2021, Eq. 15), which may leave [-1, 1]. Where β̃' is 0,
  /// at s = 0, that of the second timestep stands in, as in the authors' code.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  public func logVariances(from t: Timestep, to s: Timestep) -> (small: Double, large: Double) {
    let posterior = posterior(from: t, to: s)
    let small = s == .zero ? decoderVariance : posterior.variance(.small)
    return (log(small), log(posterior.variance(.large)))
  }
}
