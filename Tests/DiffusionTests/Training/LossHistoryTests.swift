// Importance sampling of timesteps: uniform until all losses are known, then by their second moment.

import Foundation
import TestSupport
import Testing

@testable import Diffusion

@Suite struct LossHistoryTests {
  private func full(_ losses: [Float]) -> LossHistory {
    var history = LossHistory(timesteps: losses.count)
    for _ in 0..<LossHistory.depth {
      for (index, loss) in losses.enumerated() { history.record(loss, at: Timestep(index: index)) }
    }
    return history
  }

  @Test func nothingIsPreferredBeforeEveryTimestepHasTenLosses() {
    var history = full([1, 2, 3])
    #expect(history.probabilities != nil)
    history = LossHistory(timesteps: 2)
    for _ in 0..<50 { history.record(1, at: Timestep(1)) }
    for _ in 0..<9 { history.record(1, at: Timestep(2)) }
    #expect(history.probabilities == nil)
    history.record(1, at: Timestep(2))
    #expect(history.probabilities == [0.5, 0.5])
    #expect(TimestepSampling.losses == 10)
  }

  @Test func probabilitiesFollowTheSecondMomentOfTheLastTen() throws {
    var history = full([1, 3])
    let first = try #require(history.probabilities)
    #expect(abs(first[0] - (0.999 * 0.25 + 0.0005)) < 1e-12 && abs(first.reduce(0, +) - 1) < 1e-12)
    // Ten more losses leave nothing of the first ten.
    for _ in 0..<10 { history.record(2, at: Timestep(1)) }
    let second = try #require(history.probabilities)
    #expect(abs(second[0] - (0.999 * 0.4 + 0.0005)) < 1e-12)
    // Losses that are not finite, or all 0, say nothing.
    #expect(full([0, 0]).probabilities == nil && full([1, .infinity]).probabilities == nil)
  }

  @Test func weightsMakeTheMeanThatOfUniformTimesteps() throws {
    let draw = ImportanceDraw([0.1, 0.6, 0.3])
    #expect(draw(0).timestep == Timestep(1) && draw(0.0999).timestep == Timestep(1))
    #expect(draw(0.1001).timestep == Timestep(2) && draw(0.71).timestep == Timestep(3))
    #expect(draw(0.999_999_999).timestep == Timestep(3))
    var mean = 0.0
    let losses = [5.0, 1, 2]
    for i in 0..<1000 {
      let (t, weight) = draw((Double(i) + 0.5) / 1000)
      mean += weight * losses[t.index] / 1000
    }
    #expect(abs(mean - 8.0 / 3) < 0.01)
  }

  private func trainer(threads: Int = 2) throws -> Trainer {
    var network = SmallTraining.network()
    network.outChannels = 2
    return try Trainer(
      network, schedule: NoiseSchedule(.cosine, timesteps: 4), prediction: .velocity,
      objective: BoundLoss(), data: SmallTraining.images(10),
      SmallTraining.options(batch: 19, threads: threads) { $0.timestepSampling = .importance })
  }

  /// A network that learns its variance, timesteps by importance: any threads, any interruption.
  @Test func aRunGoesOnWithItsLossesToTheBit() throws {
    try withTemporaryFolder { folder in
      let straight = try trainer()
      for _ in 0..<8 { _ = try straight.step(of: 8) }
      #expect(straight.history?.probabilities != nil)
      var cut = try trainer(threads: 1)
      for step in 0..<8 {
        try cut.saveState(to: folder)
        cut = try trainer(threads: 1 + step % 3)
        try cut.resume(from: folder)
        _ = try cut.step(of: 8)
      }
      #expect(cut.snapshot().weights == straight.snapshot().weights)
      #expect(cut.history == straight.history)
      let model = straight.snapshot()
      #expect(model.learnsVariance && model.defaults.variance == .learned)
      try model.save(to: folder + "/model")
      let opened = try DiffusionModel(folder: folder + "/model")
      #expect(opened.learnsVariance && opened.defaults.variance == .learned)
      let samples = try opened.sample(2, .ddpm(variance: .learned)).images
      #expect(samples.values.allSatisfy { $0.isFinite })
    }
  }

  @Test func theBoundAndTheHybridAreLearned() throws {
    for objective in [BoundLoss() as any Objective, HybridLoss()] {
      var network = SmallTraining.network()
      network.outChannels = 2
      let trainer = try Trainer(
        network, schedule: NoiseSchedule(.cosine, timesteps: 50), prediction: .velocity,
        objective: objective, data: SmallTraining.images(10),
        SmallTraining.options(batch: 32) { $0.learningRate = 4e-3 })
      let losses = try (0..<60).map { _ in try trainer.step(of: 60).loss }
      let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
      #expect(last < 0.7 * first, "\(type(of: objective)): \(first / 10) to \(last / 10)")
    }
  }
}
