// What the network predicts, and how everything else follows from it.

/// What the network outputs, given x_t and t.
public enum Prediction: String, CaseIterable, Sendable {
  /// ε (DDPM Eq. 14).
  case noise
  /// x0.
  case sample
  /// The mean of q(x_{t-1} | x_t, x_0) (DDPM Eq. 7 and 11); at t = 1 that is x0.
  case mean
  /// v = √ᾱ ε - √(1 - ᾱ) x0 (Salimans and Ho 2022).
  case velocity

  /// The training target at timestep t in 1...T as a mix of image and noise.
  public func target(at t: Timestep, in schedule: NoiseSchedule) -> Mix {
    let noised = schedule.noised(at: t)
    switch self {
    case .noise:
      return Mix(x0: 0, noise: 1)
    case .sample:
      return Mix(x0: 1, noise: 0)
    case .mean:
      let posterior = schedule.posterior(from: t, to: t.advanced(by: -1))
      return Mix(
        x0: posterior.x0 + posterior.xt * noised.x0, noise: posterior.xt * noised.noise)
    case .velocity:
      return Mix(x0: -noised.noise, noise: noised.x0)
    }
  }

  /// Any mix of image and noise, estimated from x_t and an output of this kind.
  ///
  /// With `schedule.noised(at: s)` for the mix this is the deterministic step of DDIM to any
  /// timestep s, earlier or later.
  public func estimate(of mix: Mix, at t: Timestep, in schedule: NoiseSchedule) -> Estimate {
    mix.solved(xt: schedule.noised(at: t), output: target(at: t, in: schedule))
  }

  /// Another prediction, estimated from x_t and an output of this kind: `.sample` is DDPM Eq. 15.
  public func estimate(
    of prediction: Prediction, at t: Timestep, in schedule: NoiseSchedule
  ) -> Estimate {
    estimate(of: prediction.target(at: t, in: schedule), at: t, in: schedule)
  }

  /// The score, the gradient of log q(x_t): -ε / √(1 - ᾱ_t).
  public func score(at t: Timestep, in schedule: NoiseSchedule) -> Estimate {
    estimate(of: Mix(x0: 0, noise: -1 / schedule.noised(at: t).noise), at: t, in: schedule)
  }
}
