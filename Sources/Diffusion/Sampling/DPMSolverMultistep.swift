// DPM-Solver++(2M) (Lu et al. 2022, Algorithm 2): second order from two estimates of x0.

import Foundation

/// With λ = ln(√ᾱ / √(1 - ᾱ)), h the step in λ and r = h_before / h:
///
/// ```
/// D = (1 + 1/(2r)) x̂0(t) - 1/(2r) x̂0(t_before)
/// x_s = σ_s/σ_t x_t - √ᾱ_s (e^-h - 1) D
/// ```
/// The first step has no estimate before it and is of first order, which is DDIM; so is the last one,
/// to λ = ∞, where x_s = x̂0.
public struct DPMSolverMultistep: Sampler, Equatable {
  /// The solver.
  public init() {}

  /// The paper's name.
  public var name: String { "DPM-Solver++(2M)" }
  /// The estimate of the step before.
  public var memory: Int { 1 }
  /// Always.
  public var isDeterministic: Bool { true }

  /// Steps along Algorithm 2.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let x0 = walk.estimate(at: t)
    let before = walk.evaluations.dropFirst().first
    let weights = weights(from: t, to: s, after: before?.timestep, in: walk.schedule)
    let sum = weights.xt * walk.x + weights.x0 * x0
    walk.x.set(before.map { sum + weights.x0Before * $0.x0 } ?? sum)
  }

  /// The weights of x_t, of the estimate there, and of the estimate before it.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  ///   - before: the timestep of the estimate before, later than `t`; nil where there is none.
  ///   - schedule: the forward process.
  public func weights(
    from t: Timestep, to s: Timestep, after before: Timestep?, in schedule: NoiseSchedule
  ) -> (xt: Double, x0: Double, x0Before: Double) {
    let (noised, goal) = (schedule.noised(at: t), schedule.noised(at: s))
    let h = schedule.logSNR(s) - schedule.logSNR(t)
    let xt = goal.noiseWeight / noised.noiseWeight
    let x0 = -goal.x0Weight * expm1(-h)
    guard let before, h.isFinite else { return (xt, x0, 0) }
    let r = (schedule.logSNR(t) - schedule.logSNR(before)) / h
    return (xt, (1 + 1 / (2 * r)) * x0, -1 / (2 * r) * x0)
  }
}

extension NoiseSchedule {
  /// λ_t = ln(√ᾱ_t / √(1 - ᾱ_t)), half the logarithm of the signal-to-noise ratio; ∞ at t = 0.
  ///
  /// - Parameter t: in 0...T.
  public func logSNR(_ t: Timestep) -> Double { log(signalToNoise(t)) / 2 }
}
