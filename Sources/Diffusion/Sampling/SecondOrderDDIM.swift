// DDIM of second order: the change of the velocity over the last step goes on over the next one.

import Foundation

/// The solution of DDIM's equation in the angle φ = arccos √ᾱ (Salimans and Ho 2022, Appendix D), for a
/// velocity that turns with x and changes evenly besides.
///
/// With v = (cos φ x_t - x̂0)/sin φ, δ the step in φ, and x', v' and δ' those of the step before:
///
/// ```
/// x_s = cos δ x_t + sin δ v + (1 - cos δ) w       w = (v - (cos δ' v' - sin δ' x')) / δ'
/// ```
/// Without w this is DDIM, which is also the first step, and the last one, to data. Every term stays finite where the signal or the
/// noise vanishes, and steps may lead to more noise too: then images are encoded, as `DDIMEncoder` does in
/// first order.
public struct SecondOrderDDIM: Sampler, Equatable {
  /// The solver.
  public init() {}

  /// DDIM, second order.
  public var name: String { "DDIM, second order" }
  /// The step before.
  public var memory: Int { 1 }
  /// Always.
  public var isDeterministic: Bool { true }

  /// Steps along the equation above, either way.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let x0 = walk.estimate(at: t, clipping: s > t ? Clipping.none : nil)
    let before = walk.evaluations.dropFirst().first
    let weights = weights(from: t, to: s, after: before?.timestep, in: walk.schedule)
    var sum = weights.xt * walk.x + weights.x0 * x0
    if let before { sum = sum + weights.xtBefore * before.x + weights.x0Before * before.x0 }
    walk.x.set(sum)
  }

  /// The weights of a step: of x_t and the estimate there, and of those a step before.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0...T, another one.
  ///   - before: the timestep of the step before; nil for the first step.
  ///   - schedule: the forward process.
  public func weights(
    from t: Timestep, to s: Timestep, after before: Timestep?, in schedule: NoiseSchedule
  ) -> (xt: Double, x0: Double, xtBefore: Double, x0Before: Double) {
    let ddim = Prediction.sample.estimate(of: schedule.noised(at: s), at: t, in: schedule)
    guard let before, s > .zero else { return (ddim.xtWeight, ddim.outputWeight, 0, 0) }
    let (now, then) = (schedule.noised(at: t), schedule.noised(at: before))
    let turned = schedule.angle(t) - schedule.angle(before)
    let weight = (1 - cos(schedule.angle(s) - schedule.angle(t))) / turned
    return (
      ddim.xtWeight + weight * now.x0Weight / now.noiseWeight,
      ddim.outputWeight - weight / now.noiseWeight,
      weight * (sin(turned) - cos(turned) * then.x0Weight / then.noiseWeight),
      weight * cos(turned) / then.noiseWeight
    )
  }
}

extension NoiseSchedule {
  /// φ = arccos √ᾱ_t.
  func angle(_ t: Timestep) -> Double {
    let noised = noised(at: t)
    return atan2(noised.noiseWeight, noised.x0Weight)
  }
}
