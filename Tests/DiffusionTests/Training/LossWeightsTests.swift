// Weights of the timesteps in training.

import Diffusion
import Testing

@Suite struct LossWeightsTests {
  @Test func errorsOfTheNoiseCountAsTheyStandInTheNoisyImage() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 1000)
    let weights = LossWeights(.noise, schedule)
    // SNR_t of DDPM's linear schedule is 1 between these two.
    #expect(weights[Timestep(258)] < 0.5 * weights[Timestep(1000)])
    #expect(weights[Timestep(259)] > 0.49 * weights[Timestep(1000)])
    for t in [1, 10, 100, 500, 999].map({ Timestep($0) }) {
      let ratio = Double(weights[t] / weights[Timestep(1000)])
      let inverse = (1 + schedule.signalToNoise(schedule.last)) / (1 + schedule.signalToNoise(t))
      #expect(abs(ratio - inverse) < 1e-6 * inverse + 1e-9)
    }
  }

  @Test(arguments: NoiseScheduleFamily.allCases, Prediction.allCases)
  func theyKeepTheLearningRate(family: NoiseScheduleFamily, prediction: Prediction) throws {
    let schedule = try NoiseSchedule(family, timesteps: 100)
    let weights = LossWeights(prediction, schedule)
    let mean = schedule.timesteps.map { Double(weights[$0]) }.reduce(0, +) / 100
    #expect(abs(mean - 1) < 1e-6)
  }

  @Test(arguments: [Prediction.sample, .mean, .velocity])
  func otherPredictionsCountTheSameEverywhere(prediction: Prediction) throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 50)
    let weights = LossWeights(prediction, schedule)
    #expect(schedule.timesteps.allSatisfy { weights[$0] == 1 })
  }
}
