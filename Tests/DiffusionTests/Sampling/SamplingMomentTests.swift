// What an observer of a sampling sees: every image after every step, and nothing that it changes.

import Diffusion
import Synchronization
import Testing

@Suite struct SamplingMomentTests {
  private let model: DiffusionModel

  init() throws { model = try SmallTraining.trainer().model }

  private func plan(_ sampler: Sampler) throws -> SamplingPlan {
    try SamplingPlan(
      steps: 6, spacing: .trailing, sampler: sampler, schedule: model.schedule,
      prediction: model.prediction, clipping: .toRange(1))
  }

  private func moments(
    _ count: Int, _ plan: SamplingPlan, batch: Int, threads: Int
  ) -> (samples: Samples, moments: [SamplingMoment]) {
    let seen = Mutex<[SamplingMoment]>([])
    var options = SamplingOptions(threads: threads)
    options.batch = batch
    let samples = model.sample(count, plan: plan, options) { moment in
      seen.withLock { $0.append(moment) }
    }
    return (samples, seen.withLock { $0 })
  }

  @Test(arguments: [Sampler.ddim(.value(0)), .ddpm(.large)])
  func everyImageIsSeenAfterEveryStepInOrder(sampler: Sampler) throws {
    let plan = try plan(sampler)
    let (samples, moments) = moments(7, plan, batch: 2, threads: 3)
    #expect(samples.images == model.sample(7, plan: plan, SamplingOptions(threads: 1)).images)
    for image in 0..<7 {
      let mine = moments.filter { $0.places.contains(image) }
      #expect(mine.map(\.index) == Array(0..<6))
      #expect(mine.map(\.step) == plan.steps)
    }
    for moment in moments {
      #expect(moment.images.count == moment.places.count)
      #expect(moment.estimates.count == moment.places.count)
      #expect(moment.estimates.values.allSatisfy { abs($0) <= 1 }, "clipped as the plan says")
    }
  }

  /// x_s is made of x_t, the estimate and noise; without noise the numbers must fit together.
  @Test func theEstimateIsWhatTheStepUsed() throws {
    let plan = try plan(.ddim(.value(0)))
    let moments = moments(2, plan, batch: 2, threads: 1).moments
    var xt = model.noise(2, seed: 0).values
    for (step, moment) in zip(plan.steps, moments) {
      for (i, xs) in moment.images.values.enumerated() {
        let truth = step.xt * Double(xt[i]) + step.x0 * Double(moment.estimates.values[i])
        // One rounding of each product and of the sum.
        #expect(abs(Double(xs) - truth) <= 1e-6 * (1 + abs(truth)))
      }
      xt = moment.images.values
    }
  }

  @Test func theLastEstimateIsTheImage() throws {
    let (samples, moments) = moments(3, try plan(.ddim(.value(0))), batch: 3, threads: 1)
    let last = try #require(moments.last)
    #expect(last.step.previous == .zero)
    #expect(last.images == samples.images)
    #expect(last.estimates == samples.images)
  }
}
