// Heun's method (Karras et al. 2022, Algorithm 1 without churn): second order by a second evaluation.

/// DDIM's step, then the mean of the slopes at its two ends in place of the first one.
///
/// In y = x/√ᾱ and σ̂ = √(1 - ᾱ)/√ᾱ the slope dy/dσ̂ is the noise ε̂, so the correction is
///
/// ```
/// x_s = x'_s + √ᾱ_s (σ̂_s - σ̂_t)/2 (ε̂(x'_s) - ε̂(x_t)),   ε̂(x_t) = (x_t - √ᾱ_t x̂0) / √(1 - ᾱ_t)
/// ```
/// with x'_s from DDIM. Karras' own form goes through y, which is 2e4 times x at the end of the cosine
/// schedule and cancels in single precision. The last step, to data, is DDIM's alone; so is one from
/// σ̂ = ∞, where zero terminal SNR begins, whatever the second evaluation says.
public struct HeunSampler: Sampler, Equatable {
  /// The method.
  public init() {}

  /// Heun.
  public var name: String { "Heun" }
  /// The evaluation where the step begins.
  public var memory: Int { 1 }
  /// Always.
  public var isDeterministic: Bool { true }
  /// At both ends of each step, and once for the last one.
  public func evaluated(along path: [Timestep]) -> [Timestep] {
    path.prefix(1) + path.dropFirst().dropLast().flatMap { [$0, $0] }
  }

  /// Two: the last step is DDIM's.
  public var leastSteps: Int { 2 }

  /// Steps along Algorithm 1.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    walk.step(DDIMSampler().weights(from: t, to: s, in: walk.schedule), from: t)
    guard s > .zero, walk.steps.count > 1 else { return }
    _ = walk.estimate(at: s)
    let (end, start) = (walk.evaluations[0], walk.evaluations[1])
    let weight = correction(from: t, to: s, in: walk.schedule)
    walk.x.set(1 * walk.x + weight * (noise(of: end, walk) - noise(of: start, walk)))
  }

  /// √ᾱ_s (σ̂_s - σ̂_t)/2, the weight of the difference of the slopes; 0 where σ̂_t is infinite.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 1 ..< t.
  ///   - schedule: the forward process.
  public func correction(
    from t: Timestep, to s: Timestep, in schedule: NoiseSchedule
  ) -> Double {
    let (noised, goal) = (schedule.noised(at: t), schedule.noised(at: s))
    guard noised.x0Weight > 0 else { return 0 }
    return (goal.noiseWeight - goal.x0Weight * noised.noiseWeight / noised.x0Weight) / 2
  }

  private func noise(of evaluation: Walk.Evaluation, _ walk: Walk) -> LinearCombination {
    let noised = walk.schedule.noised(at: evaluation.timestep)
    let sum = 1 * evaluation.x - noised.x0Weight * evaluation.x0
    return (1 / noised.noiseWeight) * sum
  }
}
