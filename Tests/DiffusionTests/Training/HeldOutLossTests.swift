// The held-out loss: the same triples at every measurement, whatever the threads.

import Diffusion
import TestSupport
import Testing

@Suite struct HeldOutLossTests {
  private let data = SmallTraining.images(6)

  @Test func itMovesWithTheNetworkAndNothingElse() throws {
    let trainer = try SmallTraining.trainer(SmallTraining.options { $0.warmup = 0 })
    let heldOut = HeldOutLoss(on: data, count: 30)
    func loss() -> HeldOutLoss.Measurement { heldOut(trainer.snapshot(), threads: 2) }
    let first = loss()
    #expect(loss().mean == first.mean && loss().byTimestep == first.byTimestep)
    _ = try trainer.step(of: 10)
    #expect(loss().mean != first.mean)
  }

  @Test(arguments: [2, 3, 5]) func anyNumberOfThreadsMeasuresTheSame(threads: Int) throws {
    let model = try SmallTraining.trainer().snapshot()
    let one = HeldOutLoss(on: data, count: 30)(model, threads: 1)
    let many = HeldOutLoss(on: data, count: 30)(model, threads: threads)
    #expect(one.mean == many.mean && one.byTimestep == many.byTimestep)
  }

  /// Seven triples leave some of ten ranges empty, which have no mean.
  @Test func rangesWithoutATripleAreLeftOut() throws {
    let model = try SmallTraining.trainer().snapshot()
    let loss = HeldOutLoss(on: data, count: 7)(model, threads: 2)
    #expect(loss.byTimestep.count == 7 && loss.ranges.count == 7)
    #expect(loss.byTimestep.allSatisfy { $0 > 0 })
    #expect(loss.ranges[1] == Timestep(101)...Timestep(200))
  }

  /// Evenly spaced timesteps: twenty triples per range.
  @Test func theRangesMakeUpTheMean() throws {
    let model = try SmallTraining.trainer().snapshot()
    let loss = HeldOutLoss(on: data, count: 100, bins: 5)(model, threads: 2)
    #expect(loss.byTimestep.count == 5 && Set(loss.byTimestep).count == 5)
    #expect(abs(loss.byTimestep.reduce(0, +) / 5 - loss.mean) <= 1e-12 * loss.mean)
    let last = model.schedule.last
    #expect(loss.ranges.first?.lowerBound == Timestep(1) && loss.ranges.last?.upperBound == last)
    #expect(zip(loss.ranges, loss.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    #expect(loss.ranges.reduce(0) { $0 + $1.count } == last.value)
  }
}
