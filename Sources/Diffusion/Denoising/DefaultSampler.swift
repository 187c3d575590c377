// The sampler that a model's own pipeline draws with.

/// How a model's own pipeline removes noise: what its scheduler is called.
public enum DefaultSampler: Hashable, Sendable {
  /// DDIM (Song et al. 2020), or DDPM, whose pipelines are drawn by either.
  case ddim
  /// Euler's method in the noise level, whose steps are DDIM's.
  case euler
  /// Heun's method in the noise level (Karras et al. 2022).
  case heun
  /// DPM-Solver++ (Lu et al. 2022); of first order it is DDIM.
  case dpmSolver(SolverOrder)
  /// UniPC of second order (Zhao et al. 2023).
  case uniPC
}

/// How many estimates of x0 a step of a multistep solver uses.
public enum SolverOrder: Int, CaseIterable, Sendable {
  /// The newest one: DDIM.
  case first = 1
  /// Two: a line through them.
  case second
  /// Three: a quadratic.
  case third
}
