// Many images on all cores: cut into shards of a few, each run by whichever thread is free.

internal import Autograd

/// How many images one core works on at a time.
package enum ShardSize {
  /// Enough that reading the weights is shared by several images, few enough that their activations
  /// stay near the core. In training it is fixed, so that sums do not depend on the threads.
  package static let usual = 8
  /// More would take memory without being faster.
  static let most = 64
}

/// Cuts `count` items into shards and runs each on whichever lane is free.
///
/// - Parameters:
///   - capacity: items of a shard.
///   - lanes: what a thread needs, one per thread.
///   - body: one shard's work.
/// - Returns: what `body` returned, in the order of the shards.
@discardableResult
func forEachShard<Lane: Sendable, Result: Sendable>(
  _ count: Int, of capacity: Int, on lanes: [Lane],
  _ body: @Sendable (_ items: Range<Int>, _ lane: Lane) -> Result
) -> [Result] {
  let results = (0..<shardCount(count, of: capacity)).map { _ in SharedValue<Result?>(nil) }
  Workers(count: max(1, lanes.count)).each(results.count) { shard, worker in
    let first = shard * capacity
    results[shard].value = body(first..<min(count, first + capacity), lanes[worker])
  }
  return results.compactMap(\.value)
}

/// One lane per thread, but no more than there are shards.
func makeLanes<Lane>(
  for count: Int, of capacity: Int, threads: Int, _ make: () -> Lane
) -> [Lane] {
  precondition(threads > 0, "\(threads) threads")
  return (0..<max(1, min(threads, shardCount(count, of: capacity)))).map { _ in make() }
}

/// How many shards `count` items are cut into.
private func shardCount(_ count: Int, of capacity: Int) -> Int {
  (count + capacity - 1) / capacity
}
