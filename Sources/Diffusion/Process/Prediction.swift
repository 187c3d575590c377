// What the network predicts, and how everything else follows from it.

/// What the network outputs, given x_t and t.
public enum Prediction: String, CaseIterable, Sendable {
  /// ε (DDPM Eq. 14).
  case noise
  /// x0.
  case sample
  /// The mean μ̃ of q(x_{t-1} | x_t, x_0) (DDPM Eq. 7 and 11), as its scaled difference from x_t:
  /// (μ̃ - x_t) / s, where s makes the mean square 1 for images of mean square 1.
  ///
  /// The two differ by about β: a network that outputs μ̃ itself spends all its precision on copying
  /// x_t, and its error is (1 - ᾱ_t) / (β_t √ᾱ_{t-1}) times as large in the image. Ho et al. found it
  /// unstable (Table 2).
  case mean
  /// v = √ᾱ ε - √(1 - ᾱ) x0 (Salimans and Ho 2022).
  case velocity

  /// The training target as a mix of image and noise (DDPM Eq. 14 for `.noise`).
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - schedule: the forward process.
  public func target(at t: Timestep, in schedule: NoiseSchedule) -> Mix {
    let noised = schedule.noised(at: t)
    switch self {
    case .noise:
      return Mix(x0Weight: 0, noiseWeight: 1)
    case .sample:
      return Mix(x0Weight: 1, noiseWeight: 0)
    case .mean:
      let mean = schedule.posteriorMean(at: t)
      let (x0, noise) = (
        mean.x0Weight - noised.x0Weight, mean.noiseWeight - noised.noiseWeight
      )
      let scale = (x0 * x0 + noise * noise).squareRoot()
      return Mix(x0Weight: x0 / scale, noiseWeight: noise / scale)
    case .velocity:
      return Mix(x0Weight: -noised.noiseWeight, noiseWeight: noised.x0Weight)
    }
  }

  /// Any mix of image and noise, estimated from x_t and an output of this kind.
  ///
  /// With `schedule.noised(at: s)` for the mix this is the deterministic step of DDIM to any
  /// timestep s, earlier or later.
  ///
  /// - Parameters:
  ///   - mix: the quantity wanted.
  ///   - t: the timestep of x_t, in 1...T.
  ///   - schedule: the forward process.
  public func estimate(of mix: Mix, at t: Timestep, in schedule: NoiseSchedule) -> Estimate {
    mix.solved(xt: schedule.noised(at: t), output: target(at: t, in: schedule))
  }

  /// Another prediction, estimated from x_t and an output of this kind: `.sample` is DDPM Eq. 15.
  ///
  /// - Parameters:
  ///   - prediction: what is wanted.
  ///   - t: the timestep of x_t, in 1...T.
  ///   - schedule: the forward process.
  public func estimate(
    of prediction: Prediction, at t: Timestep, in schedule: NoiseSchedule
  ) -> Estimate {
    estimate(of: prediction.target(at: t, in: schedule), at: t, in: schedule)
  }

  /// The score ∇ log q(x_t | x_0) = -ε / √(1 - ᾱ_t), estimated from x_t and an output of this kind
  /// (DDPM, Section 3.2).
  ///
  /// - Parameters:
  ///   - t: in 1...T.
  ///   - schedule: the forward process.
  public func score(at t: Timestep, in schedule: NoiseSchedule) -> Estimate {
    let score = Mix(x0Weight: 0, noiseWeight: -1 / schedule.noised(at: t).noiseWeight)
    return estimate(of: score, at: t, in: schedule)
  }
}
