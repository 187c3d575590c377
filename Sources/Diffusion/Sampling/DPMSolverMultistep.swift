// DPM-Solver++ (Lu et al. 2022; 2M is Algorithm 2): several orders from past estimates of x0.

import Foundation

/// The solution of DDIM's equation for an estimate of x0 that changes as a polynomial in
/// λ = ln(√ᾱ / √(1 - ᾱ)), fitted to the newest estimates.
///
/// With h the step in λ, h₁ and h₂ the steps before it, r₁ = h₁/h and r₂ = h₂/h:
///
/// ```
/// D₁ = (x̂0(t) - x̂0(t₁)) / r₁      D₂ = (D₁ - (x̂0(t₁) - x̂0(t₂)) / r₂) / (r₁ + r₂)
/// x_s = σ_s/σ_t x_t + √ᾱ_s (1 - e^-h) x̂0(t)                                         order 1: DDIM
///       + √ᾱ_s (1 - e^-h)/2 D₁                                                     order 2: 2M
/// x_s = (order 1) + √ᾱ_s (1 - (1 - e^-h)/h) (D₁ + r₁ D₂)
///       + √ᾱ_s (1 - 2/h + 2 (1 - e^-h)/h²) D₂                                      order 3: 3M
/// ```
/// The weight of D₂ is that of the quadratic, of third order; diffusers has half of it. The first
/// steps have fewer estimates and so a lower order. The last one, to λ = ∞, is x_s = x̂0. From λ = -∞,
/// where zero terminal SNR begins, the step is DDIM's too, and its estimate has no weight in later ones.
public struct DPMSolverMultistep: Sampler, Equatable {
  /// How many estimates of x0 a step uses.
  public typealias Order = SolverOrder

  /// The most estimates that a step uses.
  public var order: Order

  /// The solver.
  ///
  /// - Parameter order: the most estimates that a step uses.
  public init(order: Order = .second) { self.order = order }

  /// The paper's name.
  public var name: String { "DPM-Solver++(\(order.rawValue)M)" }
  /// The estimates of the steps before.
  public var memory: Int { order.rawValue - 1 }
  /// Always.
  public var isDeterministic: Bool { true }

  /// As many as the order: the first step has one estimate, the second two.
  public var leastSteps: Int { order.rawValue }

  /// In how few steps the last but one is of second order at most, as diffusers has it.
  static let fewSteps = 15

  /// Steps along Algorithm 2.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let x0 = walk.estimate(at: t)
    let isLate = walk.steps.count == 2 && walk.steps.upperBound < DPMSolverMultistep.fewSteps
    let before = walk.evaluations.dropFirst().prefix(isLate ? 1 : memory)
    let weights = weights(from: t, to: s, after: before.map(\.timestep), in: walk.schedule)
    walk.x.set(
      zip(weights.before, before).reduce(weights.xt * walk.x + weights.x0 * x0) {
        $1.0 == 0 ? $0 : $0 + $1.0 * $1.1.x0
      })
  }

  /// The weights of a step: of x_t, of the estimate there, and of those before it.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  ///   - before: the timesteps of the estimates before, the newest first; each later than the next.
  ///   - schedule: the forward process.
  public func weights(
    from t: Timestep, to s: Timestep, after before: [Timestep], in schedule: NoiseSchedule
  ) -> (xt: Double, x0: Double, before: [Double]) {
    let ddim = DDIMSampler().weights(from: t, to: s, in: schedule)
    let h = schedule.logSNR(s) - schedule.logSNR(t)
    guard let t1 = before.first, h.isFinite else {
      return (ddim.xtWeight, ddim.x0Weight, before.map { _ in 0 })
    }
    let scale = schedule.noised(at: s).x0Weight
    let grown = -expm1(-h)
    // An estimate from λ = -∞ is infinitely far away: r₁ or r₂ is ∞, and its difference counts for nothing.
    let r1 = (schedule.logSNR(t) - schedule.logSNR(t1)) / h
    guard before.count > 1 else {
      let slope = scale * grown / 2 / r1
      return (ddim.xtWeight, ddim.x0Weight + slope, [-slope])
    }
    let r2 = (schedule.logSNR(t1) - schedule.logSNR(before[1])) / h
    // D₁ + r₁ D₂ and D₂ as weights of the three estimates.
    let curvature = scale * (1 - 2 / h + 2 * grown / (h * h)) + r1 * scale * (1 - grown / h)
    let (slope, second) = (scale * (1 - grown / h) / r1, curvature / (r1 + r2))
    return (
      ddim.xtWeight, ddim.x0Weight + slope + second / r1,
      [-slope - second / r1 - second / r2, second / r2]
    )
  }
}
