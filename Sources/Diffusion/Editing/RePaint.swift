// Inpainting by an unconditional sampler (RePaint, Lugmayr et al. 2022).

internal import Kernels

/// Draws what a mask hides, and keeps the rest of known images (Algorithm 1 and Eq. 8): after every step
///
/// ```
/// x_s = m ⊙ x_s^known + (1 - m) ⊙ x_s^unknown
/// x_s^known ~ N(√ᾱ_s x_0, (1 - ᾱ_s) I)        x_s^unknown ~ p_θ(x_s | x_t)
/// ```
/// A path that goes back to noisier timesteps now and then, as `path(along:jump:times:)` makes it, lets the
/// two parts find to each other. With everything hidden and no jumps it is DDPM, to the bit.
public struct RePaint: Sampler {
  /// The images, of which the shown part is kept: one for each that is drawn, by its number, and of its size.
  public let known: Images
  /// What is drawn anew.
  public let mask: Mask
  /// How a step is drawn.
  public var unknown: DDPMSampler
  /// The known images, where kernels read them.
  private let memory: FloatMemory

  /// Inpainting of images.
  ///
  /// - Parameters:
  ///   - known: the images, in [-1, 1].
  ///   - mask: what is drawn anew, of the images' size.
  ///   - unknown: how a step is drawn.
  public init(_ known: Images, hiding mask: Mask, by unknown: DDPMSampler = DDPMSampler()) {
    precondition(mask.size == known.size, "a mask of \(mask.size) for images of \(known.size)")
    (self.known, self.mask, self.unknown) = (known, mask, unknown)
    memory = FloatMemory(known.values)
  }

  /// The paper's name.
  public var name: String { "RePaint" }
  /// DDPM's.
  public var readsVariance: Bool { unknown.readsVariance }
  /// At every step but those that go back.
  public func evaluated(along path: [Timestep]) -> [Timestep] {
    zip(path, path.dropFirst()).filter { $0 > $1 }.map(\.0)
  }

  /// Makes sure that DDPM's variance is possible.
  public func check(in schedule: NoiseSchedule) throws(SamplingError) {
    try unknown.check(in: schedule)
  }

  /// Steps along Algorithm 1, or back to a noisier timestep.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    guard s < t else { return jump(&walk, from: t, to: s) }
    let values = known.size.values
    precondition(
      walk.images.upperBound <= known.count && walk.x.count == walk.images.count * values,
      "\(known.count) images of \(known.size) for \(walk.x.count) values of images \(walk.images)")
    unknown.step(&walk, from: t, to: s)
    var shown = Block(
      memory.all.slice(walk.images.lowerBound * values, walk.images.count * values))
    if s > .zero {
      let (mix, x0) = (walk.schedule.noised(at: s), shown)
      shown = walk.noise(at: t, for: .known)
      shown.set(mix.x0Weight * x0 + mix.noiseWeight * shown)
    }
    for image in 0..<walk.images.count {
      let x = walk.x.floats.slice(image * values, values)
      mask.select(x, shown.floats.slice(image * values, values), into: x)
    }
  }

  /// x_s = √(ᾱ_s/ᾱ_t) x_t + √(1 - ᾱ_s/ᾱ_t) z: the forward process from t to the noisier s.
  private func jump(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let kept = walk.schedule.alphaBar(s) / walk.schedule.alphaBar(t)
    let z = walk.noise(at: t, for: .jump)
    walk.x.set(kept.squareRoot() * walk.x + (1 - kept).squareRoot() * z)
  }

  /// A path that goes back now and then (Appendix B): after every j steps it goes j steps back, r - 1 times
  /// before it goes on.
  ///
  /// - Parameters:
  ///   - grid: the timesteps to visit, strictly decreasing; data follows the last of them.
  ///   - jump: j.
  ///   - times: r, how often each stretch is walked; 1 never goes back.
  public static func path(along grid: [Timestep], jump: Int, times: Int) -> [Timestep] {
    precondition(jump > 0 && times > 0, "\(times) times \(jump) steps")
    // By the number of steps that are left.
    let all = (grid + [.zero]).reversed() as [Timestep]
    var backs = Dictionary(
      uniqueKeysWithValues: stride(from: 0, to: grid.count - jump, by: jump).map { ($0, times - 1) }
    )
    var left = grid.count
    var path = [all[left]]
    while left > 0 {
      left -= 1
      path.append(all[left])
      guard let more = backs[left], more > 0 else { continue }
      backs[left] = more - 1
      for _ in 0..<jump {
        left += 1
        path.append(all[left])
      }
    }
    return path
  }
}
