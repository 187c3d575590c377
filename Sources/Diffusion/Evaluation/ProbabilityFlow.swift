// The probability-flow ODE (Song et al. 2021, Eq. 13), integrated with the change of the density along it.

import Foundation
package import Kernels

/// A velocity with its divergence, for a few images on one core.
package protocol FlowField: Sendable {
  /// Evaluates dx/dφ at a timestep, φ being the angle arccos √ᾱ_t.
  ///
  /// - Parameters:
  ///   - x: [n, H, W, C].
  ///   - t: their timestep.
  ///   - velocity: as many floats, to be set.
  /// - Returns: the divergence Σ ∂v_i/∂x_i of each image, or an estimate of it that is right on average.
  func evaluate(_ x: Floats, at t: Timestep, velocity: Floats) -> [Double]
}

/// The density of images by following them to noise:
///
/// ```
/// dx/dφ = v(x, φ)      ln p(x_1) = ln N(x_T; 0, I) + ∫ div v dφ     from φ_1 to φ_T
/// ```
/// In the angle φ the equation has no singular end, whatever the schedule. Steps are those of
/// `SecondOrderDDIM`, and the integral is a trapezoid's: the error falls with the square of the steps. They lie
/// evenly in the cube root of φ: the nearer to the data, the faster the velocity changes.
package struct ProbabilityFlow: Sendable {
  package let schedule: NoiseSchedule
  /// The timesteps that are visited, the least noisy first.
  package let path: [Timestep]

  /// - Parameters:
  ///   - steps: how many timesteps are visited, in 1...T; the two ends are in any case.
  ///   - schedule: the forward process.
  /// - Throws: `SamplingError` where it has not so many.
  package init(steps: Int, in schedule: NoiseSchedule) throws(SamplingError) {
    guard steps >= 1, steps <= schedule.last.value else {
      throw .steps(steps, of: schedule.last.value)
    }
    self.schedule = schedule
    // Negated, as they grow with the timestep.
    let root = { (t: Timestep) in -cbrt(schedule.angle(t)) }
    let roots = StepSpacing.even(steps, from: root(schedule.last), to: root(Timestep(1)))
    path = DDIMEncoder.path(against: StepSpacing.nearest(roots, by: root, in: schedule))
  }

  /// -ln p of images at timestep 1, in nats.
  ///
  /// - Parameters:
  ///   - x: n images; where they end afterwards.
  ///   - count: n.
  ///   - field: the velocity.
  package func nats(_ x: Floats, count: Int, _ field: some FlowField) -> [Double] {
    let values = x.count / count
    let (velocity, before) = (FloatMemory(count: x.count), FloatMemory(count: x.count))
    let (image, old) = (FloatMemory(count: x.count), FloatMemory(count: x.count))
    var integral = [Double](repeating: 0, count: count)
    var divergence = field.evaluate(x, at: path[0], velocity: velocity.all)
    for (place, (t, s)) in zip(path, path.dropFirst()).enumerated() {
      // The estimate of the image: cos φ x - sin φ v.
      let now = schedule.noised(at: t)
      combine(now.x0Weight, x, -now.noiseWeight, velocity.all, into: image.all)
      let earlier = place > 0 ? path[place - 1] : nil
      let weights = SecondOrderDDIM().weights(from: t, to: s, after: earlier, in: schedule)
      let (xt, estimate) = (Block(x), Block(image.all))
      var next = weights.xt * xt + weights.x0 * estimate
      if earlier != nil {
        next = next + weights.xtBefore * Block(before.all) + weights.x0Before * Block(old.all)
      }
      let kept = x.array
      xt.set(next)
      before.all.copy(from: kept)
      old.all.copy(from: image.array)
      let following = field.evaluate(x, at: s, velocity: velocity.all)
      let width = schedule.angle(s) - schedule.angle(t)
      for i in 0..<count { integral[i] += width * (divergence[i] + following[i]) / 2 }
      divergence = following
    }
    return (0..<count).map { i in
      let end = x.slice(i * values, values)
      let squares = dotProduct(end, end)
      return (squares + Double(values) * log(2 * .pi)) / 2 - integral[i]
    }
  }
}
