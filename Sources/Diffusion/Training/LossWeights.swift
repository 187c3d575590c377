// How much a timestep's error counts in training.

/// The weights of the timesteps in the loss that a training descends; their mean is 1.
///
/// For the noise the weight is 1/(1 + SNR_t) = 1 - ᾱ_t (P2 weighting, Choi et al. 2022, Eq. 8 with
/// k = γ = 1), with which √(1 - ᾱ_t)·(ε - ε̂), the error as it stands in x_t, is squared. Unweighted, as
/// in DDPM Eq. 14, most of the gradient comes from the last little noise, which is the hardest to tell
/// and the least seen. The other predictions' errors are small where the image is clear anyway, and
/// count the same at every timestep.
package struct LossWeights {
  private let weights: [Double]

  package init(_ prediction: Prediction, _ schedule: NoiseSchedule) {
    let timesteps = schedule.timesteps
    let raw = timesteps.map { t in
      switch prediction {
      case .noise: 1 - schedule.alphaBar(t)
      case .sample, .mean, .velocity: 1.0
      }
    }
    let mean = raw.reduce(0, +) / Double(raw.count)
    weights = raw.map { $0 / mean }
  }

  /// The weight of a timestep in 1...T.
  package subscript(_ t: Timestep) -> Float { Float(weights[t.index]) }
}
