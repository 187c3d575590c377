// Encoding: from every prediction the same noise, never clipped.

import Diffusion
import Testing

@Suite struct DDIMEncoderTests {
  /// The network predicts image and noise exactly, at the timestep that it is conditioned on.
  @Test(arguments: Prediction.allCases)
  func everyPredictionEncodesTheSameNoise(prediction: Prediction) throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 100)
    let (x0, noise) = (0.4, -0.7)
    func value(_ mix: Mix) -> Float { Float(mix.x0Weight * x0 + mix.noiseWeight * noise) }
    let path = DDIMEncoder.path(against: [Timestep(80), Timestep(30)])
    let steps = Array(zip(path, path.dropFirst())).map { (t: $0, s: $1) }
    let source = StoredOutputs(
      steps.map { t, s in
        [value(prediction.target(at: prediction == .noise ? s : t, in: schedule))]
      })
    let walked = DDIMEncoder().trajectory(
      from: [value(schedule.noised(at: Timestep(1)))], along: steps, source, schedule, prediction)
    for (step, x) in zip(steps, walked.x) {
      #expect(abs(x[0] - value(schedule.noised(at: step.s))) < 1e-4, "\(prediction) at \(step.s)")
    }
  }

  @Test func estimatesAreNotClipped() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 100)
    let walked = DDIMEncoder().trajectory(
      from: [0], along: [(Timestep(30), Timestep(60))], StoredOutputs([[5]]), schedule, .sample,
      .toRange(1))
    #expect(walked.x0[0] == [5] && walked.clipped == 0)
  }
}
