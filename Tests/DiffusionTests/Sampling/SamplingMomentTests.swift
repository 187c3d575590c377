// An observer of a sampling gets every image after every step, and changes none.

import Autograd
import Diffusion
import TestSupport
import Testing

@Suite struct SamplingMomentTests {
  private let model: DiffusionModel

  init() throws { model = try SmallTraining.trainer().snapshot() }

  private func moments(
    _ count: Int, _ plan: SamplingPlan, batch: Int, threads: Int
  ) throws -> (samples: Samples, moments: [SamplingMoment]) {
    let seen = Locked<[SamplingMoment]>([])
    var options = SamplingOptions(threads: threads)
    options.batch = batch
    let samples = try model.sample(count, plan, options) { moment in
      seen.withLock { $0.append(moment) }
    }
    return (samples, seen.withLock { $0 })
  }

  @Test(arguments: [SamplingPlan.ddim(steps: 6), .ddpm(steps: 6, variance: .large)])
  func everyImageIsSeenAfterEveryStepInOrder(plan: SamplingPlan) throws {
    let path = try model.path(plan)
    let (samples, moments) = try moments(7, plan, batch: 2, threads: 3)
    #expect(try samples.images == model.sample(7, plan, SamplingOptions(threads: 1)).images)
    for image in 0..<7 {
      let mine = moments.filter { $0.places.contains(image) }
      #expect(mine.map(\.index) == Array(0..<6))
      #expect(mine.map(\.timestep) == Array(path.dropLast()))
      #expect(mine.map(\.next) == Array(path.dropFirst()))
    }
    for moment in moments {
      #expect(moment.images.count == moment.places.count)
      #expect(moment.estimates.count == moment.places.count)
      #expect(moment.estimates.values.allSatisfy { abs($0) <= 1 }, "clipped as the model says")
    }
  }

  /// Heun evaluates the network at both ends of a step: the estimate is of the one it begins at.
  @Test func anEstimateIsOfTheTimestepThatTheStepStartsFrom() throws {
    let plan = SamplingPlan(HeunSampler(), steps: 4)
    let moments = try moments(2, plan, batch: 2, threads: 1).moments
    var xt = model.noise(2, seed: 0)
    for moment in moments {
      let truth = try model.denoise(xt, at: moment.timestep, threads: 1).x0.values
      let found = moment.estimates.values
      #expect(zip(found, truth).allSatisfy { abs($0 - min(max($1, -1), 1)) < 1e-4 })
      xt = moment.images
    }
    #expect(moments.count == 4)
  }

  /// x_s is made of x_t, the estimate and noise; without noise the numbers must fit together.
  @Test func theEstimateIsWhatTheStepUsed() throws {
    let moments = try moments(2, .ddim(steps: 6), batch: 2, threads: 1).moments
    var xt = model.noise(2, seed: 0).values
    for moment in moments {
      let weights = DDIMSampler().weights(
        from: moment.timestep, to: moment.next, in: model.schedule)
      for (i, xs) in moment.images.values.enumerated() {
        let truth =
          weights.xtWeight * Double(xt[i])
          + weights.x0Weight * Double(moment.estimates.values[i])
        // One rounding of each product and of the sum.
        #expect(abs(Double(xs) - truth) <= 1e-6 * (1 + abs(truth)))
      }
      xt = moment.images.values
    }
  }

  @Test func theLastEstimateIsTheImage() throws {
    let (samples, moments) = try moments(3, .ddim(steps: 6), batch: 3, threads: 1)
    let last = try #require(moments.last)
    #expect(last.next == .zero)
    #expect(last.images == samples.images)
    #expect(last.estimates == samples.images)
  }
}
