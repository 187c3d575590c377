// The objective of a distillation (Salimans and Ho 2022, Section 3), whoever says what the image is to be.

/// max(SNR, 1)·‖x̂0 - x̃0‖² at the student's timesteps, where x̃0 is the image that leads the student's
/// one step to where the teacher's lead, or what distribution matching makes of the student's own.
///
/// Without the maximum nothing would count at the noisiest timestep, which one step starts from.
struct DistillationLoss: Objective {
  /// The student's timesteps.
  let grid: [Timestep]

  func timestep(
    _ item: Int, of batch: Int, chance: Double, in schedule: NoiseSchedule
  ) -> Timestep {
    let place = (Double(item) + chance) / Double(batch) * Double(grid.count)
    return grid[min(Int(place), grid.count - 1)]
  }

  func evaluate(_ example: inout Example) {
    let (t, schedule, prediction) = (example.timestep, example.schedule, example.prediction)
    example.addSquaredError(
      from: prediction.target(at: t, in: schedule),
      weight: DistillationLoss.weight(of: prediction, at: t, in: schedule))
  }

  /// max(SNR, 1) on x0, as a weight on the network's output: for the velocity it is max(ᾱ, 1 - ᾱ).
  static func weight(
    of prediction: Prediction, at t: Timestep, in schedule: NoiseSchedule
  ) -> Double {
    max(schedule.signalToNoise(t), 1) * prediction.squaredImageSlope(at: t, in: schedule)
  }
}
