// The samplers: DDPM's and DDIM's step from x_t to x_s, as coefficients.

/// How a step back is taken.
public enum Sampler: Equatable, Sendable {
  /// Ancestral sampling (DDPM Algorithm 2), also of a shortened process.
  case ddpm(PosteriorVariance)
  /// The family that shares DDPM's training (DDIM Eq. 12).
  case ddim(Eta)

  /// The weights of one step back from timestep t to s < t.
  ///
  /// Wherever the estimate of x0 is clipped, the noise is what remains of x_t: ε is re-derived
  /// from the clipped image. With it, `ddim` at eta 1 is `ddpm(.small)`; with the network's own ε
  /// (diffusers' default) the two would part wherever a pixel is clipped.
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - s: in 0 ..< t.
  ///   - schedule: the process the network was trained for.
  ///   - prediction: what the network outputs.
  ///   - clipping: what becomes of estimates out of range.
  public func step(
    from t: Timestep, to s: Timestep, schedule: NoiseSchedule, prediction: Prediction,
    clipping: Clipping
  ) -> ReverseStep {
    let posterior = schedule.posterior(from: t, to: s)
    let estimate = prediction.estimate(of: .sample, at: t, in: schedule)
    let mean: Estimate
    let deviation: Double
    switch self {
    case .ddpm(let variance):
      mean = Estimate(xt: posterior.xt, output: posterior.x0)
      deviation = posterior.variance(variance).squareRoot()
    case .ddim(let eta):
      let sigma = eta.scale * posterior.variance(.small).squareRoot()
      let alphaBar = schedule.alphaBar(s)
      let direction = max(0, 1 - alphaBar - sigma * sigma).squareRoot()
      mean = Prediction.sample.estimate(
        of: Mix(x0: alphaBar.squareRoot(), noise: direction), at: t, in: schedule)
      deviation = eta == .hat ? posterior.variance(.large).squareRoot() : sigma
    }
    // The last step ends at the mean: noise on a finished image helps nobody.
    return ReverseStep(
      timestep: t, previous: s, estimate: estimate, clipping: clipping, xt: mean.xt,
      x0: mean.output, sigma: s == .zero ? 0 : deviation)
  }
}

/// How much noise a DDIM step adds.
public enum Eta: Hashable, Sendable {
  /// η in 0...1 (DDIM Eq. 16):
  ///
  /// ```
  /// σ = η √((1 - ᾱ_s) / (1 - ᾱ_t)) √(1 - ᾱ_t / ᾱ_s)
  /// ```
  case value(Double)
  /// The paper's σ̂ = √(1 - ᾱ_t / ᾱ_s), with the mean of η = 1: DDPM with the large variance.
  case hat

  /// η in the mean.
  fileprivate var scale: Double {
    switch self {
    case .value(let eta): eta
    case .hat: 1
    }
  }
}

/// What becomes of an estimate of x0 that leaves the range of images.
public enum Clipping: Equatable, Sendable {
  /// It is used as it is.
  case none
  /// It is cut off at plus and minus this.
  case toRange(Double)
}
