// Gradients of shards summed in the shards' order, whichever thread finishes first.

import Dispatch
package import Kernels

/// A sum over shards that has the same bytes for any number of threads.
package final class GradientSum: Sendable {
  private let memory: FloatMemory
  /// Open for shard i once shards 0 ..< i are in.
  private let turns: [DispatchSemaphore]

  /// The sum, complete when all shards were added.
  package var floats: Floats { memory.all }

  /// - Parameter shards: how many the sum has at most.
  package init(_ layout: ParameterLayout, shards: Int) {
    memory = FloatMemory(count: layout.count)
    turns = (0...shards).map { _ in DispatchSemaphore(value: 0) }
    turns[0].signal()
  }

  /// Adds a shard's gradients when its turn has come, and zeroes them.
  ///
  /// Whoever waits here waits for a lower shard, and the lowest never waits: no deadlock, as long
  /// as shards are handed out in order.
  package func add(shard: Int, of shards: Int, _ gradients: Floats) {
    turns[shard].wait()
    drain(gradients, into: memory.all, shard == 0 ? .overwrite : .add)
    turns[shard + 1 == shards ? 0 : shard + 1].signal()
  }

  /// Cuts a batch into shards, runs each on whichever worker is free and sums their gradients.
  ///
  /// - Parameters:
  ///   - batch: items of the batch.
  ///   - capacity: items of a shard; fixed, so that sums do not depend on the number of workers.
  ///   - train: computes a shard's loss and gradients on a worker's tape.
  /// - Returns: the sum of the losses.
  package func accumulate(
    _ batch: Int, by capacity: Int, on workers: Workers,
    _ train: @Sendable (_ part: Range<Int>, _ worker: Int) -> (loss: Double, gradients: Floats)
  ) -> Double {
    let count = (batch + capacity - 1) / capacity
    let losses = (0..<count).map { _ in Slot(0.0) }
    workers.each(count) { shard, worker in
      let first = shard * capacity
      let result = train(first..<min(batch, first + capacity), worker)
      losses[shard].value = result.loss
      add(shard: shard, of: count, result.gradients)
    }
    return losses.reduce(0) { $0 + $1.value }
  }
}
