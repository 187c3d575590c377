// How much each timestep counts in L_simple.

/// Weights of the timesteps, given by what they are on the error of the image or of the noise.
public enum TimestepWeight: String, CaseIterable, Sendable {
  /// 1 on what the network outputs: DDPM's L_simple.
  case none
  /// min(SNR, 5) on the image (min-SNR; Hang et al. 2023, Section 3.4).
  case minSNR = "min-snr"
  /// SNR / (1 + SNR) on the image, which is 1 / (1 + SNR) on the noise (P2; Choi et al. 2022, Eq. 8, with
  /// k = 1 and gamma = 1).
  case p2

  /// The largest signal-to-noise ratio that counts, min-SNR's gamma.
  private static let largestRatio = 5.0

  /// The weight on the squared error of a network's output:
  ///
  /// ```
  /// w · (∂x̂0/∂output)²,   w the weight on the error of the image
  /// ```
  /// - Parameters:
  ///   - prediction: what the network outputs.
  ///   - t: in 1...T.
  ///   - schedule: the forward process.
  public func callAsFunction(
    of prediction: Prediction, at t: Timestep, in schedule: NoiseSchedule
  ) -> Double {
    let ratio = schedule.signalToNoise(t)
    let onImage: Double
    switch self {
    case .none: return 1
    case .minSNR: onImage = min(ratio, TimestepWeight.largestRatio)
    case .p2: onImage = ratio / (1 + ratio)
    }
    return onImage * prediction.squaredImageSlope(at: t, in: schedule)
  }
}

extension Prediction {
  /// (∂x̂0/∂output)² at x_t.
  func squaredImageSlope(at t: Timestep, in schedule: NoiseSchedule) -> Double {
    let slope = estimate(of: .sample, at: t, in: schedule).outputWeight
    return slope * slope
  }
}
