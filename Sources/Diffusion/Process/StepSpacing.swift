// How a short sampler's steps are spread over the process.

/// How S steps are spread over T timesteps.
///
/// For T = 1000 and S = 10, counted from 1:
/// ```
/// uniform     901 801 701 601 501 401 301 201 101   1
/// quadratic  1000 810 640 490 360 250 160  90  40  10
/// leading     901 801 701 601 501 401 301 201 101   1
/// trailing   1000 900 800 700 600 500 400 300 200 100
/// linspace   1000 889 778 667 556 445 334 223 112   1
/// angle      1000 948 894 835 773 705 630 544 443 311 (cosine schedule)
/// ```
public enum StepSpacing: String, CaseIterable, Sendable {
  /// Every (T/S)-th timestep from the first, as the DDIM authors' code; T/S must be whole.
  case uniform
  /// t_i = ⌊T/S² · i²⌋ for i in 1...S: DDIM's quadratic sub-sequence (Song et al. 2020, Appendix
  /// D.2), which ends at T as the paper asks and not at 0.8 T as the authors' code does. Where two of
  /// them are the same timestep, which the authors' code visits twice, the next one follows.
  case quadratic
  /// Every ⌊T/S⌋-th timestep from the first: diffusers' default, which never visits T.
  case leading
  /// Every T/S-th timestep, rounded, from T down: starts where sampling starts, from pure noise.
  case trailing
  /// Evenly from T to 1, both included, rounded.
  case linspace
  /// Evenly in λ = ln(√ᾱ / √(1 - ᾱ)) from T to 1, both included; the nearest timesteps (Lu et al. 2022).
  /// With zero terminal SNR T stands in for T - 1, the noisiest timestep whose λ is finite.
  case logsnr
  /// Evenly in the 7th root of σ̂ = √(1 - ᾱ)/√ᾱ from T to 1, both included; the nearest timesteps
  /// (Karras et al. 2022, Eq. 5); T stands in for T - 1 as above.
  case karras
  /// Evenly in φ², where φ = arccos √ᾱ is the angle between noise and image that x_t has; the nearest
  /// timesteps. Where few steps are taken, more of them are where the noise is strong; on the cosine
  /// schedule, whose φ is nearly in proportion to t, t_i is about T √(i/S).
  case angle
}
