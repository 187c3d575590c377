// Gradients of shards are summed along one tree, whatever order the workers finish in and however many
// processes there are.

import Autograd
import Foundation
import Kernels
import Ranks
import TestSupport
import Testing

@Suite struct GradientAccumulatorTests {
  private static let layout = {
    var layout = ParameterLayout()
    _ = Dense("dense", inputs: 11, outputs: 9, in: &layout)
    return layout
  }()

  /// Values whose sum depends on the order.
  private static func gradients(_ first: Int, _ images: Int) -> [Float] {
    uniform(layout.count, bound: Float(images) * 1e3, seed: UInt64(first))
  }

  /// The losses' sum and the gradients' after each of two batches.
  private static func sums(
    _ batch: Int, threads: Int, _ ranks: any Communicator = OneRank()
  ) -> [(loss: Double, bits: [UInt32])] {
    let sum = GradientAccumulator(layout, workers: threads, ranks: ranks)
    return (0..<2).map { _ in
      let loss = sum.accumulate(batch, by: 3, on: Workers(count: threads)) {
        part, _, gradients in
        #expect(gradients.array.allSatisfy { $0 == 0 })
        // The first shard finishes last, and every other shard overtakes the one before it.
        Thread.sleep(
          forTimeInterval: part.lowerBound == 0 ? 0.02 : part.lowerBound % 2 == 1 ? 0.004 : 0)
        gradients.all.copy(from: Self.gradients(part.lowerBound, part.count))
        return Double(part.lowerBound) * 0.1
      }
      return (loss, sum.floats.array.map(\.bitPattern))
    }
  }

  /// The same sum by its definition.
  private static func expected(_ batch: Int) -> (loss: Double, bits: [UInt32]) {
    let shards = stride(from: 0, to: batch, by: 3).map { ($0, min(3, batch - $0)) }
    var sums = shards.map { gradients($0.0, $0.1) }
    while sums.count > 1 {
      sums = stride(from: 0, to: sums.count, by: 2).map { place in
        place + 1 < sums.count ? zip(sums[place], sums[place + 1]).map(+) : sums[place]
      }
    }
    return (shards.reduce(0) { $0 + Double($1.0) * 0.1 }, sums[0].map(\.bitPattern))
  }

  @Test(arguments: [1, 3, 5, 14, 24, 40], [1, 2, 3, 5])
  func shardsAreSummedAlongTheTreeOnAnyWorkers(batch: Int, threads: Int) {
    let expected = Self.expected(batch)
    for found in Self.sums(batch, threads: threads) {
      #expect(found.loss == expected.loss && found.bits == expected.bits)
    }
  }

  /// More ranks than shards too: some then have nothing to add.
  @Test(arguments: [1, 5, 14, 24, 40], [2, 3, 4, 6, 9])
  func anyNumberOfRanksGivesTheSameBytes(batch: Int, count: Int) throws {
    let expected = Self.expected(batch)
    let all = try ThreadJob.run(count) { ranks in
      Self.sums(batch, threads: 1 + ranks.rank % 2, ranks)
    }
    for found in all.joined() {
      #expect(found.loss == expected.loss && found.bits == expected.bits)
    }
  }

  @Test func aRankWithoutShardsTakesNoNewMemory() throws {
    let reuses = try ThreadJob.run(2) { ranks in
      let sum = GradientAccumulator(Self.layout, workers: 1, ranks: ranks)
      let first = sum.floats
      _ = sum.accumulate(1, by: 3, on: Workers(count: 1)) { _, _, _ in 1 }
      return sum.floats.startsWhere(first)
    }
    // The only shard is the second rank's.
    #expect(reuses[0])
  }

  /// Of eight shards rank 1 of three has number 2, 3 and 4: two nodes of the tree.
  @Test func sumsTravelWhileShardsAreComputed() throws {
    let seen = try ThreadJob.run(3) { ranks in
      let exchanged = DispatchSemaphore(value: 0)
      let sum = GradientAccumulator(
        Self.layout, workers: 1, ranks: WatchedRanks(ranks: ranks, exchanged: exchanged))
      let isSeen = SharedValue(false)
      _ = sum.accumulate(24, by: 3, on: Workers(count: 1)) { part, _, gradients in
        if part.lowerBound / 3 == 4 {
          isSeen.value = exchanged.wait(timeout: .now() + 60) == .success
        }
        gradients.all.copy(from: Self.gradients(part.lowerBound, part.count))
        return 0
      }
      return isSeen.value
    }
    #expect(seen == [false, true, false])
  }

  /// One sum and one part of the total for each of the other ranks, and the losses.
  @Test func whatIsSentIsCounted() throws {
    let traffic = try ThreadJob.run(2) { ranks in
      let sum = GradientAccumulator(Self.layout, workers: 1, ranks: ranks)
      for _ in 0..<3 { _ = sum.accumulate(12, by: 3, on: Workers(count: 1)) { _, _, _ in 1 } }
      return sum.traffic
    }
    let floats = Self.layout.count * MemoryLayout<Float>.size
    let losses = 2 * MemoryLayout<Double>.size
    for traffic in traffic {
      #expect(traffic.steps == 3 && traffic.bytes == 3 * (floats + losses) && traffic.seconds > 0)
    }
    let alone = GradientAccumulator(Self.layout, workers: 1)
    _ = alone.accumulate(12, by: 3, on: Workers(count: 1)) { _, _, _ in 1 }
    #expect(alone.traffic == Traffic())
  }
}

/// Ranks that tell when something was exchanged.
private struct WatchedRanks: Communicator {
  let ranks: any Communicator
  let exchanged: DispatchSemaphore

  var rank: Int { ranks.rank }
  var count: Int { ranks.count }

  func exchange(_ bytes: [UInt8], sent: [Int], received: [Int]) -> [UInt8] {
    let result = ranks.exchange(bytes, sent: sent, received: received)
    exchanged.signal()
    return result
  }
}
