// Semantic editing: DDIM with a shift in h-space that only the estimate of x0 sees (Kwon et al. 2023).

/// The asymmetric reverse process (Asyrp, Eq. 5), DDIM at eta 0 otherwise:
///
/// ```
/// x_s = √ᾱ_s x̂0(x_t; h + Δh) + √(1 - ᾱ_s) ε̂(x_t; h)
/// ```
/// Shifted in both terms, the change would nearly cancel. Δh leads from the shift of an image's class to
/// that of another, at each timestep.
package struct AsyrpSampler: Sampler {
  private let shifts: ClassShifts
  private let sources: [Int]
  private let target: Int
  private let amount: Double

  /// - Parameters:
  ///   - shifts: of the classes.
  ///   - sources: the class of each image.
  ///   - target: the class that the images are to become.
  ///   - amount: how far they go: 0 changes nothing, 1 is the way from shift to shift.
  package init(_ shifts: ClassShifts, from sources: [Int], to target: Int, amount: Double) {
    (self.shifts, self.sources, self.target, self.amount) = (shifts, sources, target, amount)
  }

  package var name: String { "DDIM, shifted in h-space" }
  /// The estimate without the shift.
  package var memory: Int { 1 }
  package var isDeterministic: Bool { true }
  package var shiftsBottleneck: Bool { true }

  package func evaluated(along path: [Timestep]) -> [Timestep] {
    path.dropLast().flatMap { [$0, $0] }
  }

  /// DDIM's step, then √ᾱ_s times what the shift changes of the estimate: with no shift that is nothing, to
  /// the bit.
  package func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    _ = walk.estimate(at: t)
    let shifted = walk.estimate(at: t) { image, shift in
      shifts.setDirection(from: sources[image], to: target, amount: amount, at: t, into: shift)
    }
    let plain = walk.evaluations[1].x0
    let weights = DDIMSampler().weights(from: t, to: s, in: walk.schedule)
    let image = walk.schedule.noised(at: s).x0Weight
    walk.x.set(weights.xtWeight * walk.x + weights.x0Weight * plain)
    // The difference first: it is exactly 0 where nothing was shifted. Nobody reads the estimate again.
    plain.set(1 * shifted - 1 * plain)
    walk.x.set(1 * walk.x + image * plain)
  }
}
