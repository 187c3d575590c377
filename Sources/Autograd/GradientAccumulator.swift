// Gradients of shards summed in the shards' order, whichever thread finishes first.

import Foundation
package import Kernels

/// A sum over shards that has the same bytes for any number of threads.
///
/// A shard that finishes before a lower one is put aside, and its worker goes on with other memory.
package final class GradientAccumulator: @unchecked Sendable {
  private let sum: FloatMemory
  /// Guards what follows.
  private let condition = NSCondition()
  /// The shard whose turn it is to be added.
  private var next = 0
  /// One per worker, zero where no shard is being computed.
  private var working: [FloatMemory]
  /// The gradients of shards that wait for lower ones.
  private var waiting: [Int: FloatMemory] = [:]
  /// Zeros for workers that go on.
  private var spare: [FloatMemory]

  /// The sum, complete when all shards were added.
  package var floats: Floats { sum.all }

  /// - Parameter workers: how many add to the sum at most.
  package init(_ layout: ParameterLayout, workers: Int) {
    sum = FloatMemory(count: layout.count)
    working = (0..<workers).map { _ in FloatMemory(count: layout.count) }
    spare = (1..<workers).map { _ in FloatMemory(count: layout.count) }
  }

  /// Cuts a batch into shards, runs each on whichever worker is free and sums their gradients.
  ///
  /// - Parameters:
  ///   - batch: items of the batch.
  ///   - capacity: items of a shard; fixed, so that sums do not depend on the number of workers.
  ///   - train: computes a shard's loss, and its gradients into memory that is zero.
  /// - Returns: the sum of the losses.
  package func accumulate(
    _ batch: Int, by capacity: Int, on workers: Workers,
    _ train: @Sendable (_ part: Range<Int>, _ worker: Int, _ gradients: FloatMemory) -> Double
  ) -> Double {
    let count = (batch + capacity - 1) / capacity
    let losses = (0..<count).map { _ in SharedValue(0.0) }
    next = 0
    workers.each(count) { shard, worker in
      let first = shard * capacity
      let memory = condition.withLock { working[worker] }
      losses[shard].value = train(first..<min(batch, first + capacity), worker, memory)
      add(shard, of: worker)
    }
    return losses.reduce(0) { $0 + $1.value }
  }

  /// Adds a worker's gradients if its shard's turn has come, and those that waited for it; else puts
  /// them aside.
  ///
  /// A worker that finds no spare memory waits for a lower shard, and the lowest shard never waits.
  /// Shards are handed out in order, so there is no deadlock.
  private func add(_ shard: Int, of worker: Int) {
    condition.lock()
    defer { condition.unlock() }
    while shard != next && spare.isEmpty { condition.wait() }
    guard shard == next else {
      waiting[shard] = working[worker]
      working[worker] = spare.removeLast()
      return
    }
    drainUnlocked(working[worker])
    while let memory = waiting.removeValue(forKey: next) {
      drainUnlocked(memory)
      spare.append(memory)
    }
    condition.broadcast()
  }

  /// Adds the next shard's gradients and zeroes them, while others put theirs aside.
  private func drainUnlocked(_ gradients: FloatMemory) {
    let accumulation: Accumulation = next == 0 ? .overwrite : .add
    condition.unlock()
    accumulateAndClear(gradients.all, into: sum.all, accumulation)
    condition.lock()
    next += 1
  }
}
