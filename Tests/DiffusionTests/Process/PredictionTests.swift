import Diffusion
import Foundation
import Testing

private struct Numbers {
  let x0 = 0.7
  let noise = -1.3

  /// The quantity a mix stands for.
  func value(_ mix: Mix) -> Double { mix.x0Weight * x0 + mix.noiseWeight * noise }
}

/// From every output every other quantity, for every family.
@Test(arguments: BetaSchedule.allCases, Prediction.allCases)
func everyPredictionYieldsEveryOther(shape: BetaSchedule, output: Prediction) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  let numbers = Numbers()
  for t in schedule.timesteps {
    let xt = numbers.value(schedule.noised(at: t))
    let value = numbers.value(output.target(at: t, in: schedule))
    for wanted in Prediction.allCases {
      let estimate = output.estimate(of: wanted, at: t, in: schedule)
      let expected = numbers.value(wanted.target(at: t, in: schedule))
      // Rounding in x_t and the output, grown by the weights.
      let tolerance = 1e-14 * (1 + abs(estimate.xtWeight) + abs(estimate.outputWeight))
      let error = abs(estimate.xtWeight * xt + estimate.outputWeight * value - expected)
      #expect(error < tolerance, "\(wanted) from \(output) at \(t)")
    }
  }
}

/// The solved weights are the papers' closed forms.
@Test(arguments: BetaSchedule.allCases)
func theImageFollowsFromThePapersFormulas(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  for t in schedule.timesteps {
    let alphaBar = schedule.alphaBar(t)
    let (signal, deviation) = (alphaBar.squareRoot(), (1 - alphaBar).squareRoot())
    let posterior = schedule.posterior(from: t, to: t.advanced(by: -1))
    let mean = schedule.posteriorMean(at: t)
    // μ̃ = x_t + s·output with the s that makes the output's mean square 1.
    let s = hypot(mean.x0Weight - signal, mean.noiseWeight - deviation)
    let expected: [Prediction: Estimate] = [
      .noise: Estimate(xtWeight: 1 / signal, outputWeight: -deviation / signal),
      .sample: Estimate(xtWeight: 0, outputWeight: 1),
      .mean: Estimate(
        xtWeight: (1 - posterior.xtWeight) / posterior.x0Weight,
        outputWeight: s / posterior.x0Weight),
      .velocity: Estimate(xtWeight: signal, outputWeight: -deviation),
    ]
    for prediction in Prediction.allCases {
      let estimate = prediction.estimate(of: .sample, at: t, in: schedule)
      let formula = try #require(expected[prediction])
      let tolerance = 2e-12 * (1 + abs(formula.outputWeight))
      #expect(abs(estimate.xtWeight - formula.xtWeight) < tolerance, "\(prediction) at \(t)")
      #expect(
        abs(estimate.outputWeight - formula.outputWeight) < tolerance, "\(prediction) at \(t)")
    }
  }
}

@Test func theMeanAtTheFirstStepIsTheImage() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  #expect(schedule.posteriorMean(at: Timestep(1)) == Mix(x0Weight: 1, noiseWeight: 0))
}

/// Targets of like size at all timesteps: a network's error in any is worth the same to its loss.
@Test(arguments: BetaSchedule.allCases, Prediction.allCases)
func everyTargetHasAMeanSquareOfOne(shape: BetaSchedule, prediction: Prediction) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  for t in schedule.timesteps {
    let target = prediction.target(at: t, in: schedule)
    #expect(abs(hypot(target.x0Weight, target.noiseWeight) - 1) < 1e-12, "\(t)")
  }
}

/// A unit of error in the mean's target is half to a whole unit of error in the noise; were the
/// target the mean itself, it would be hundreds.
@Test func theMeansTargetIsAsGoodAsTheNoise() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  for t in schedule.timesteps {
    let noise = Prediction.mean.estimate(of: .noise, at: t, in: schedule)
    #expect((0.4...1.1).contains(abs(noise.outputWeight)), "\(t): \(noise)")
  }
}

@Test func theMeanInTermsOfNoiseIsEquation11() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  for t in schedule.timesteps {
    let mean = Prediction.noise.estimate(of: schedule.posteriorMean(at: t), at: t, in: schedule)
    let scale = 1 / schedule.alpha(t).squareRoot()
    let deviation = (1 - schedule.alphaBar(t)).squareRoot()
    #expect(abs(mean.xtWeight - scale) < 1e-13)
    #expect(abs(mean.outputWeight + scale * schedule.beta(t) / deviation) < 1e-13)
  }
}

@Test func theScoreIsTheNoiseScaled() throws {
  let schedule = try NoiseSchedule(.cosine, timesteps: 100)
  for t in schedule.timesteps {
    let score = Prediction.noise.score(at: t, in: schedule)
    #expect(score.xtWeight == 0)
    #expect(abs(score.outputWeight * (1 - schedule.alphaBar(t)).squareRoot() + 1) < 1e-14)
  }
}
