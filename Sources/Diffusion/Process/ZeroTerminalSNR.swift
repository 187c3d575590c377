// Schedules that end in pure noise (Lin et al. 2024): sampling then starts where training ended.

extension NoiseSchedule {
  /// This schedule, rescaled so that nothing of the image is left at T and alphaBar_1 stays (Lin et al.
  /// 2024, Algorithm 1):
  ///
  /// ```
  /// r_t = √ᾱ_t      √ᾱ'_t = (r_t - r_T) r_1 / (r_1 - r_T)      beta'_t = 1 - ᾱ'_t / ᾱ'_{t-1}
  /// ```
  /// beta_T is 1 then, alphaBar_T is 0 and its log SNR -∞. A network that predicts noise says nothing of
  /// the image at T; one that predicts the image or the velocity does. A schedule that ends in pure noise
  /// is its own.
  ///
  /// - Throws: `ScheduleError` where single precision, in a schedule read from a scheduler's
  ///   configuration, has no room for a beta.
  public func withZeroTerminalSNR() throws(ScheduleError) -> NoiseSchedule {
    guard alphaBar(last) > 0 else { return self }
    let betas: [Double] =
      switch tabulation {
      case .exact: rescaledBetas { $0 }
      case .diffusers: rescaledBetas { Float($0) }.map(Double.init)
      }
    return try NoiseSchedule(.zeroTerminalSNR(of: self), betas, tabulation)
  }

  /// The betas in the precision in which alphaBar is given, which decides every rounding on the way.
  private func rescaledBetas<Number: BinaryFloatingPoint>(
    _ precision: (Double) -> Number
  ) -> [Number] {
    let roots = timesteps.map { precision(alphaBar($0)).squareRoot() }
    let (first, last) = (roots[0], roots[roots.count - 1])
    let scale = first / (first - last)
    let alphaBars = roots.map { root in
      let rescaled = (root - last) * scale
      return rescaled * rescaled
    }
    return zip([1] + alphaBars, alphaBars).map { 1 - $1 / $0 }
  }
}
