// The noise schedule: beta, alpha and alphaBar of every timestep, in double precision.

import Foundation

/// How much noise every timestep adds, and how much there is by then.
///
/// ```
/// alpha_t = 1 - beta_t        alphaBar_t = alpha_1 · … · alpha_t        alphaBar_0 = 1
/// ```
/// The DDIM paper writes alpha for what is alphaBar here and in the DDPM paper.
public struct NoiseSchedule: Equatable, Sendable {
  /// The shape of the schedule.
  package let kind: NoiseScheduleKind
  /// Of the timesteps 1...T.
  private let betas: [Double]
  /// Of the timesteps 0...T: with alphaBar_0 in the table no formula needs a special first step.
  private let alphaBars: [Double]

  /// The numbers of timesteps a schedule can have: below two there is no posterior variance, and
  /// above, a beta drowns in the rounding of single precision.
  package static let timestepCounts = 2...100_000

  /// Tabulates a schedule of T timesteps.
  ///
  /// - Throws: `ScheduleError` if T is out of range, if a beta does not lie between 0 and 1, or if
  ///   alphaBar does not fall with every timestep or falls to nothing.
  package init(
    _ kind: NoiseScheduleKind, timesteps count: Int, tabulation: Tabulation = .exact
  ) throws(ScheduleError) {
    guard NoiseSchedule.timestepCounts.contains(count) else { throw .timesteps(count) }
    let betas: [Double]
    switch tabulation {
    case .exact: betas = kind.betas(timesteps: count)
    case .diffusers: betas = kind.diffusersBetas(timesteps: count).map(Double.init)
    }
    guard betas.count == count else { throw .betaCount(betas.count, timesteps: count) }

    var alphaBars = [1.0]
    var product = 1.0
    for (index, beta) in betas.enumerated() {
      let timestep = Timestep(index: index)
      guard beta > 0, beta < 1 else { throw .beta(beta, at: timestep, of: count) }
      let alphaBar: Double
      switch tabulation {
      case .exact:
        product *= 1 - beta
        alphaBar = product
      case .diffusers:
        product *= Double(1 - Float(beta))
        alphaBar = Double(Float(product))
      }
      guard alphaBar >= NoiseSchedule.leastSignal else {
        throw .signalLost(at: timestep, of: count)
      }
      guard alphaBar < alphaBars[index] else { throw .beta(beta, at: timestep, of: count) }
      alphaBars.append(alphaBar)
    }
    self.kind = kind
    self.betas = betas
    self.alphaBars = alphaBars
  }

  /// The schedule of a family with its usual parameters for T timesteps.
  ///
  /// - Parameters:
  ///   - family: the shape; linear, quadratic and sigmoid scale their ends by 1000/T.
  ///   - count: T, from 2 to 100,000.
  /// - Throws: `ScheduleError`, for example where so few timesteps would need a beta of 1.
  public init(_ family: NoiseScheduleFamily, timesteps count: Int) throws(ScheduleError) {
    guard NoiseSchedule.timestepCounts.contains(count) else { throw .timesteps(count) }
    try self.init(family.kind(timesteps: count), timesteps: count)
  }

  /// The least alphaBar whose square root and inverse single precision can hold.
  private static let leastSignal = Double(Float.leastNormalMagnitude)

  /// 1...T, as a collection.
  public var timesteps: ClosedRange<Timestep> { Timestep(1)...last }

  /// T, the noisiest timestep.
  public var last: Timestep { Timestep(betas.count) }

  /// beta_t, the variance of the noise that timestep t adds; t in 1...T.
  public func beta(_ t: Timestep) -> Double { betas[t.index] }

  /// alpha_t = 1 - beta_t; t in 1...T.
  public func alpha(_ t: Timestep) -> Double { 1 - beta(t) }

  /// alphaBar_t, the share of the image's variance left at timestep t in 0...T.
  public func alphaBar(_ t: Timestep) -> Double { alphaBars[t.value] }

  /// The variance betaTilde_t of q(x_{t-1} | x_t, x_0) (DDPM Eq. 7), t in 1...T; 0 at
  /// t = 1.
  public func posteriorVariance(_ t: Timestep) -> Double {
    posterior(from: t, to: t.advanced(by: -1)).variance(.small)
  }

  /// The signal-to-noise ratio alphaBar_t / (1 - alphaBar_t) for t in 0...T; infinite at t = 0.
  public func signalToNoise(_ t: Timestep) -> Double { alphaBar(t) / (1 - alphaBar(t)) }

  /// The bits a dimension by which q(x_T | x_0) still differs from pure noise: L_T of DDPM Eq. 5.
  ///
  /// ```
  /// KL(N(√ᾱ_T x0, 1 - ᾱ_T) || N(0, 1)) / ln 2
  /// ```
  /// - Parameter meanSquare: the mean of x0² over all the values of the images.
  public func priorBitsPerDimension(meanSquare: Double) -> Double {
    let alphaBar = alphaBar(last)
    return (alphaBar * (meanSquare - 1) - log1p(-alphaBar)) / 2 / M_LN2
  }
}
