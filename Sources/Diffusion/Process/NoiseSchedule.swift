// The noise schedule: beta, alpha and alphaBar of every timestep, in double precision.

import Foundation

/// How much noise every timestep adds, and how much there is by then.
///
/// ```
/// alpha_t = 1 - beta_t        alphaBar_t = alpha_1 · … · alpha_t        alphaBar_0 = 1
/// ```
/// The DDIM paper writes alpha for what is alphaBar here and in the DDPM paper.
public struct NoiseSchedule: Equatable, Sendable {
  /// Where the betas come from.
  package enum Origin: Equatable, Sendable {
    /// A shape, from one end to the other; the cosine does not use the ends.
    case shape(BetaSchedule, first: Double, last: Double)
    /// One beta per timestep.
    case betas
    /// Another schedule, rescaled so that alphaBar_T is 0.
    indirect case zeroTerminalSNR(of: NoiseSchedule)
  }

  /// Where the betas come from.
  package let origin: Origin
  /// How the tables are computed.
  let tabulation: Tabulation
  /// Of the timesteps 1...T.
  private let betas: [Double]
  /// Of the timesteps 0...T: with alphaBar_0 in the table no formula needs a special first step.
  private let alphaBars: [Double]

  /// The numbers of timesteps a schedule can have: below two there is no posterior variance, and above,
  /// a beta is lost in the rounding of single precision.
  package static let timestepCounts = 2...100_000

  /// Tabulates the schedule of T given betas.
  ///
  /// - Parameters:
  ///   - betas: beta_1...beta_T, each above 0 and below 1.
  /// - Throws: `ScheduleError` if T is out of range, if a beta does not lie between 0 and 1, or if
  ///   alphaBar does not fall with every timestep or falls to nothing.
  public init(betas: [Double]) throws(ScheduleError) {
    try self.init(betas: betas, tabulation: .exact)
  }

  /// The same, tabulated exactly or as diffusers does.
  package init(betas: [Double], tabulation: Tabulation) throws(ScheduleError) {
    guard NoiseSchedule.timestepCounts.contains(betas.count) else { throw .timesteps(betas.count) }
    switch tabulation {
    case .exact: try self.init(.betas, betas, tabulation)
    case .diffusers: try self.init(.betas, betas.map { Double(Float($0)) }, tabulation)
    }
  }

  /// The schedule of a shape with its usual parameters for T timesteps.
  ///
  /// - Parameters:
  ///   - shape: linear, quadratic and sigmoid scale their ends 0.0001 and 0.02 by 1000/T.
  ///   - count: T, from 2 to 100,000.
  /// - Throws: `ScheduleError`, for example where so few timesteps would need a beta of 1.
  public init(_ shape: BetaSchedule, timesteps count: Int) throws(ScheduleError) {
    guard NoiseSchedule.timestepCounts.contains(count) else { throw .timesteps(count) }
    let ends = BetaSchedule.usualEnds(timesteps: count)
    try self.init(shape, from: ends.first, to: ends.last, timesteps: count)
  }

  /// The schedule of a shape between two betas.
  ///
  /// - Parameters:
  ///   - shape: how beta grows.
  ///   - first: beta_1; the cosine does not use it.
  ///   - last: beta_T; the cosine does not use it.
  ///   - count: T, from 2 to 100,000.
  /// - Throws: `ScheduleError` if the betas make no process.
  public init(
    _ shape: BetaSchedule, from first: Double, to last: Double, timesteps count: Int
  ) throws(ScheduleError) {
    try self.init(shape, from: first, to: last, timesteps: count, tabulation: .exact)
  }

  /// The same, tabulated exactly or as diffusers does.
  package init(
    _ shape: BetaSchedule, from first: Double, to last: Double, timesteps count: Int,
    tabulation: Tabulation
  ) throws(ScheduleError) {
    guard NoiseSchedule.timestepCounts.contains(count) else { throw .timesteps(count) }
    let betas =
      switch tabulation {
      case .exact: shape.betas(timesteps: count, ends: (first, last))
      case .diffusers:
        shape.diffusersBetas(timesteps: count, ends: (first, last)).map(Double.init)
      }
    try self.init(.shape(shape, first: first, last: last), betas, tabulation)
  }

  /// The schedule of given betas, whatever they come from.
  init(_ origin: Origin, _ betas: [Double], _ tabulation: Tabulation) throws(ScheduleError) {
    let count = betas.count
    var alphaBars = [1.0]
    var product = 1.0
    let isRescaled = if case .zeroTerminalSNR = origin { true } else { false }
    for (index, beta) in betas.enumerated() {
      let timestep = Timestep(index: index)
      let endsInNoise = isRescaled && timestep.value == count
      guard beta > 0, beta < 1 || (endsInNoise && beta == 1) else {
        throw .beta(beta, at: timestep, of: count)
      }
      let alphaBar: Double
      switch tabulation {
      case .exact:
        product *= 1 - beta
        alphaBar = product
      case .diffusers:
        product *= Double(1 - Float(beta))
        alphaBar = Double(Float(product))
      }
      guard alphaBar >= NoiseSchedule.leastSignal || endsInNoise else {
        throw .signalLost(at: timestep, of: count)
      }
      guard alphaBar < alphaBars[index] else { throw .beta(beta, at: timestep, of: count) }
      alphaBars.append(alphaBar)
    }
    (self.origin, self.tabulation) = (origin, tabulation)
    self.betas = betas
    self.alphaBars = alphaBars
  }

  /// The least alphaBar whose square root and inverse single precision can hold.
  private static let leastSignal = Double(Float.leastNormalMagnitude)

  /// 1...T, as a collection.
  public var timesteps: ClosedRange<Timestep> { Timestep(1)...last }

  /// T, the noisiest timestep.
  public var last: Timestep { Timestep(betas.count) }

  /// The noisiest timestep at which something is left of the image: T, or T - 1 with zero terminal SNR.
  package var lastWithSignal: Timestep { alphaBar(last) > 0 ? last : last.advanced(by: -1) }

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

  /// The signal-to-noise ratio alphaBar_t / (1 - alphaBar_t) for t in 0...T; infinite at t = 0, and 0 at
  /// T with zero terminal SNR.
  public func signalToNoise(_ t: Timestep) -> Double { alphaBar(t) / (1 - alphaBar(t)) }

  /// λ_t = ln(√ᾱ_t / √(1 - ᾱ_t)), half the logarithm of the signal-to-noise ratio, for t in 0...T; ∞ at
  /// t = 0, and -∞ at T with zero terminal SNR.
  public func logSNR(_ t: Timestep) -> Double { log(signalToNoise(t)) / 2 }

  /// The bits per dimension by which q(x_T | x_0) still differs from pure noise: L_T of DDPM Eq. 5.
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
