// Several processes that train, measure and draw together: the bytes are those of one.

import Foundation
import Ranks
import TestSupport
import Testing

@testable import Diffusion

@Suite struct RanksTests {
  enum Kind: CaseIterable, Sendable { case simple, importance, continuous }

  private static func trainer(_ kind: Kind, _ ranks: any Communicator) throws -> Trainer {
    // Five shards, the last one of fewer images.
    let options = SmallTraining.options(batch: 4 * ShardSize.usual + 3) {
      $0.ranks = ranks
      if kind == .importance { $0.timestepSampling = .importance }
    }
    let data = SmallTraining.images(10)
    if kind == .continuous {
      return try Trainer(
        SmallTraining.network(), learning: LearnedLogSNR(), prediction: .velocity, data: data,
        options)
    }
    return try Trainer(
      SmallTraining.network(dropout: 0.1), schedule: NoiseSchedule(.cosine, timesteps: 3),
      prediction: .velocity, data: data, options)
  }

  private struct Outcome: Equatable, Sendable {
    var losses: [Double] = []
    var heldOut: Double
    var weights: [UInt8]
    var drawn: [Float]
  }

  private static func outcome(_ kind: Kind, _ ranks: any Communicator) throws -> Outcome {
    let trainer = try trainer(kind, ranks)
    let losses = try (0..<4).map { _ in try trainer.step(of: 4).loss }
    let heldOut = HeldOutLoss(on: SmallTraining.images(7), count: 13)
    var drawing = SamplingOptions(threads: 1)
    drawing.ranks = ranks
    return Outcome(
      losses: losses, heldOut: trainer.measure(heldOut, trainer.snapshot()).mean,
      weights: trainer.snapshot().weights,
      drawn: try trainer.snapshot().sample(5, .ddim(steps: 3), drawing).images.values)
  }

  @Test(arguments: Kind.allCases, [2, 3, 4, 7])
  func anyNumberOfRanksGivesTheSameBytes(kind: Kind, count: Int) throws {
    let one = try Self.outcome(kind, OneRank())
    let many = try ThreadJob.run(count) { try Self.outcome(kind, $0) }
    #expect(many.count == count && many.allSatisfy { $0 == one })
  }

  @Test func aTrainingGoesOnWithAnotherNumberOfRanks() throws {
    try withTemporaryFolder { folder in
      let straight = try Self.trainer(.continuous, OneRank())
      for _ in 0..<6 { _ = try straight.step(of: 6) }
      for (part, count) in [2, 1, 3].enumerated() {
        let all = try ThreadJob.run(count) { ranks in
          let trainer = try Self.trainer(.continuous, ranks)
          if part > 0 { try trainer.resume(from: folder) }
          // Everyone has read before one writes.
          _ = ranks.gather([0], counts: Array(repeating: 1, count: count))
          for _ in 0..<2 { _ = try trainer.step(of: 6) }
          if ranks.isFirst { try trainer.saveState(to: folder) }
          return trainer.snapshot().weights
        }
        if part == 2 { #expect(all.allSatisfy { $0 == straight.snapshot().weights }) }
      }
    }
  }

  @Test(arguments: [2, 3, 5])
  func imagesAreTheSameHoweverManyDrawThem(count: Int) throws {
    let model = try SmallTraining.conditionalTrainer().snapshot()
    @Sendable func draw(_ ranks: any Communicator) throws -> Samples {
      var options = SamplingOptions(threads: 2)
      (options.ranks, options.seed, options.guidance) = (ranks, 5, Guidance(1))
      return try model.sample(4, .ddpm(steps: 5), options)
    }
    let one = try draw(OneRank())
    for samples in try ThreadJob.run(count, draw) {
      #expect(samples.images.values == one.images.values)
      #expect(samples.evaluations == one.evaluations)
      #expect(samples.clippedShare == one.clippedShare)
    }
  }
}
