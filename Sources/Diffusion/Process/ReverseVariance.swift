// The variance of p(x_s | x_t): fixed, learned by the network, or optimal for it.

import Foundation

/// The variance of a step of the reverse process.
public enum ReverseVariance: Equatable, Sendable {
  /// One of DDPM's two (Ho et al. 2020, Section 3.2).
  case fixed(PosteriorVariance)
  /// The network's own for every value (Nichol and Dhariwal 2021, Eq. 15), of a network that learned it.
  case learned
  /// The best one for a network's mean, by how far its estimates are off (Analytic-DPM, Bao et al. 2022).
  case optimal(ImageVariance)

  /// betaTilde.
  public static let small = ReverseVariance.fixed(.small)
  /// beta.
  public static let large = ReverseVariance.fixed(.large)

  /// Which of them it is.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// betaTilde.
    case small
    /// beta.
    case large
    /// The network's own.
    case learned
    /// Analytic-DPM's.
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

/// v_t, the mean variance of an image's values given x_t, as a network leaves it at each timestep:
///
/// ```
/// v_t = E ‖x_0 - x̂_0(x_t, t)‖² / d
/// ```
public struct ImageVariance: Equatable, Sendable {
  private let values: [Double]

  /// The variances of the timesteps 1...T.
  ///
  /// - Parameter values: T numbers, not negative; above 1, the variance of values in [-1, 1] at most, they
  ///   count as 1.
  public init(_ values: [Double]) {
    self.values = values.map { min(1, max(0, $0)) }
  }

  /// The same by the mean square of the noise that the network estimates, Γ_t = E ‖ε̂(x_t, t)‖² / d
  /// (Bao et al. 2022, Theorem 1):
  ///
  /// ```
  /// v_t = (1 - ᾱ_t)/ᾱ_t (1 - Γ_t)
  /// ```
  /// It holds where x̂_0 is the mean of x_0 given x_t, and loses its digits where alphaBar is small.
  ///
  /// - Parameters:
  ///   - squaredNoise: Γ of the timesteps 1...T.
  ///   - schedule: of T timesteps.
  public init(squaredNoise: [Double], in schedule: NoiseSchedule) {
    self.init(
      zip(schedule.timesteps, squaredNoise).map { t, squared in
        let ratio = schedule.signalToNoise(t)
        // Where nothing is left of the image, its noise says nothing of how it varies.
        return ratio > 0 ? (1 - squared) / ratio : 1
      })
  }

  /// How many timesteps there are.
  public var count: Int { values.count }

  /// v_t, in 0...1, for t in 1...T.
  public subscript(t: Timestep) -> Double { values[t.index] }
}

/// T numbers in files.
extension ImageVariance: Codable {
  /// Reads v of the timesteps 1...T.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([Double].self))
  }

  /// Writes v of the timesteps 1...T.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}

extension NoiseSchedule {
  /// The variance of p(x_s | x_t) that is optimal for a network's mean (Bao et al. 2022, Theorem 1 with
  /// the bounds of Theorem 2 for data in [-1, 1]):
  ///
  /// ```
  /// σ² = β̃' + ᾱ_s β'² / (1 - ᾱ_t)² v_t
  /// ```
  /// Were the values of all images N(0, 1), it would be β'; were there one image only, β̃'.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  ///   - imageVariance: v, of as many timesteps as the schedule has.
  public func optimalVariance(
    from t: Timestep, to s: Timestep, _ imageVariance: ImageVariance
  ) -> Double {
    precondition(
      imageVariance.count == last.value,
      "the image variance of \(imageVariance.count) timesteps for a schedule of \(last)")
    let posterior = posterior(from: t, to: s)
    return posterior.variance(.small)
      + posterior.x0Weight * posterior.x0Weight * imageVariance[t]
  }

  /// ln β' and ln β̃', between which a network's own variance of a step lies:
  ///
  /// ```
  /// ln σ² = f ln β' + (1 - f) ln β̃'        f = (v + 1)/2
  /// ```
  /// v is the network's output (Nichol and Dhariwal 2021, Eq. 15), which may leave [-1, 1]. Where β̃' is 0,
  /// at s = 0, that of the second timestep stands in, as in the authors' code for the whole process.
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
