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
}
