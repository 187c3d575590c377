// Objectives: timesteps spread over a batch, and losses that weigh them.

import Diffusion
import TestSupport
import Testing

@Suite struct ObjectiveTests {
  @Test(arguments: [1, 3, 32, 1500]) func everyRangeOfTheProcessHasItsTimestep(batch: Int) throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 1000)
    for chance in [0, 0.5, 1 - 0x1p-32] {
      for item in 0..<batch {
        let index = SimpleLoss().timestep(item, of: batch, chance: chance, in: schedule).index
        #expect(index >= item * 1000 / batch && index < ((item + 1) * 1000 + batch - 1) / batch)
      }
    }
  }

  @Test func everyTimestepIsEquallyLikely() throws {
    // Chances on a grid that puts the same number into each of the 10 timesteps.
    let schedule = try NoiseSchedule(.cosine, timesteps: 10)
    var counts = [Int](repeating: 0, count: 10)
    for item in 0..<4 {
      for i in 0..<500 {
        let chance = (Double(i) + 0.5) / 500
        counts[SimpleLoss().timestep(item, of: 4, chance: chance, in: schedule).index] += 1
      }
    }
    #expect(counts == [Int](repeating: 200, count: 10))
  }

  /// A timestep of weight 0 contributes nothing; weights scale loss and gradient alike.
  @Test func weightsScaleTheLossAndItsGradient() throws {
    func step(_ weight: @escaping SimpleLoss.Weight) throws
      -> Trainer.Step
    {
      let trainer = try Trainer(
        SmallTraining.network(), schedule: NoiseSchedule(.linear, timesteps: 1000),
        prediction: .noise, objective: SimpleLoss(weight: weight), data: SmallTraining.images(10),
        SmallTraining.options(batch: 11))
      return try trainer.step(learningRate: 1e-3, emaDecay: 0)
    }
    let (plain, double, none) = (
      try step { _, _, _ in 1 }, try step { _, _, _ in 2 }, try step { _, _, _ in 0 }
    )
    #expect(double.loss == 2 * plain.loss && double.gradientNorm == 2 * plain.gradientNorm)
    #expect(none.loss == 0 && none.gradientNorm == 0)
    let late = try step { _, t, schedule in t.value > schedule.last.value / 2 ? 1 : 0 }
    #expect(late.loss > 0 && late.loss < plain.loss)
  }

  /// The same loss written out by hand gives the same training, to rounding.
  @Test func anObjectiveOfOnesOwnIsTrainedOn() throws {
    struct ByHand: Objective {
      func evaluate(_ example: inout Example) {
        example.target.set(1 * example.noise)
        example.gradient.set(
          Double(2 * example.scale) * example.output - Double(2 * example.scale) * example.target)
        example.loss += example.output.squaredDistance(to: example.target)
      }
    }
    func losses(_ objective: any Objective) throws -> [Double] {
      let trainer = try Trainer(
        SmallTraining.network(), schedule: NoiseSchedule(.linear, timesteps: 1000),
        prediction: .noise, objective: objective, data: SmallTraining.images(10),
        SmallTraining.options())
      return try (0..<3).map { _ in try trainer.step(of: 3).loss }
    }
    for (own, simple) in zip(try losses(ByHand()), try losses(SimpleLoss())) {
      #expect(abs(own / simple - 1) < 1e-5)
    }
  }
}
