// UniPC (Zhao et al. 2023, order 2, B(h) = e^h - 1): a predictor, and a corrector that costs nothing.

import Foundation

/// DPM-Solver++(2M) predicts x_t; the evaluation there, which the next step needs anyway, then corrects
/// x_t before that step begins.
///
/// The corrector fits the quadratic in λ through the estimates at t and at the two timesteps before.
/// With h the step in λ that led to t, and r = h_before/h:
///
/// ```
/// x_t = (order 1) + √ᾱ_t (1 - e^-h) (ρ₁ (x̂0(t₁) - x̂0(t₂))/r + ρ₂ (x̂0(t) - x̂0(t₁)))
/// ρ₁ = (b₁ - b₂)/(1 + r)    ρ₂ = b₁ - ρ₁
/// b₁ = 1/(1 - e^-h) - 1/h
/// b₂ = 2/h² - 2/(h (1 - e^-h)) + 1/(1 - e^-h)
/// ```
/// After the first step there are two estimates only: ρ₁ = 0, ρ₂ = 1/2. A step from λ = -∞, where zero
/// terminal SNR begins, is not corrected.
public struct UniPCSampler: Sampler, Equatable {
  private let predictor = DPMSolverMultistep(order: .second)

  /// The solver.
  public init() {}

  /// The paper's name.
  public var name: String { "UniPC" }
  /// The estimates of the two steps before.
  public var memory: Int { 2 }
  /// Always.
  public var isDeterministic: Bool { true }

  /// Two: the first step has one estimate.
  public var leastSteps: Int { 2 }

  /// Corrects x_t, then predicts x_s.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let x0 = walk.estimate(at: t)
    let before = walk.evaluations.dropFirst()
    let times = before.map(\.timestep)
    if !times.isEmpty {
      let weights = correction(at: t, after: times, in: walk.schedule)
      walk.x.set(
        zip(weights.before, before).reduce(1 * walk.x + weights.x0 * x0) { $0 + $1.0 * $1.1.x0 })
    }
    let weights = predictor.weights(
      from: t, to: s, after: Array(times.prefix(1)), in: walk.schedule)
    let sum = weights.xt * walk.x + weights.x0 * x0
    walk.x.set(zip(weights.before, before).reduce(sum) { $0 + $1.0 * $1.1.x0 })
  }

  /// What the corrector adds to the predicted x_t: the weights of the estimate there and of those before.
  ///
  /// - Parameters:
  ///   - t: where x is, in 1 ..< T.
  ///   - before: one timestep or two, of the estimates that x_t was predicted from, the newest first.
  ///   - schedule: the forward process.
  public func correction(
    at t: Timestep, after before: [Timestep], in schedule: NoiseSchedule
  ) -> (x0: Double, before: [Double]) {
    let h = schedule.logSNR(t) - schedule.logSNR(before[0])
    guard h.isFinite else { return (0, before.map { _ in 0 }) }
    let grown = -expm1(-h)
    let scale = schedule.noised(at: t).x0Weight * grown
    guard before.count > 1 else { return (scale / 2, [-scale / 2]) }
    let r = (schedule.logSNR(before[0]) - schedule.logSNR(before[1])) / h
    let b1 = 1 / grown - 1 / h
    let b2 = 2 / (h * h) - 2 / (h * grown) + 1 / grown
    let (first, second) = (scale * (b1 - b2) / (1 + r), scale * (b1 - (b1 - b2) / (1 + r)))
    // Less the slope of the predictor, which the corrector's replaces.
    let slope = (first - scale / 2) / r
    return (second, [slope - second, -slope])
  }
}
