// The bound in continuous time as an objective (VDM, Kingma et al. 2021, Eq. 17).

/// ½‖ε - ε̂‖² in bits per dimension. Weighted by γ'(t), its mean over t is the bound but for prior and decoder.
struct ContinuousLoss: Objective {
  func evaluate(_ example: inout Example) {
    let (t, schedule) = (example.timestep, example.schedule)
    let prediction = example.prediction
    // ‖ε - ε̂‖² = SNR ‖x_0 - x̂_0‖².
    let slope = schedule.signalToNoise(t) * prediction.squaredImageSlope(at: t, in: schedule)
    example.addSquaredError(
      from: prediction.target(at: t, in: schedule), weight: Example.bitsPerNat * slope / 2)
  }
}
