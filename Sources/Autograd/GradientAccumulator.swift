// Gradients of shards, summed along a tree whose shape depends on the batch alone.

import Foundation
package import Kernels
package import Ranks

/// A sum over shards that has the same bytes for any number of threads and of processes.
///
/// Whichever of two siblings is finished last is added to the other, and their sum goes on towards the
/// root. Nobody waits: what cannot be added yet is put aside.
package final class GradientAccumulator: @unchecked Sendable {
  private let count: Int
  private let ranks: any Communicator
  /// What the batches so far have cost in communication.
  package private(set) var traffic = Traffic()
  /// Guards what follows, and tells of sums that others wait for.
  private let condition = NSCondition()
  /// One per worker, zero where no shard is being computed.
  private var working: [FloatMemory]
  /// Sums that wait for their siblings, or to be sent.
  private var waiting: [SumTree.Node: FloatMemory] = [:]
  /// Zeros.
  private var spare: [FloatMemory] = []
  /// The sum over the last batch.
  private var sum: FloatMemory

  /// The sum, complete when all shards were added.
  package var floats: Floats { sum.all }

  /// - Parameters:
  ///   - workers: how many add to the sum at most.
  ///   - ranks: the processes that share each batch.
  package init(_ layout: ParameterLayout, workers: Int, ranks: any Communicator = OneRank()) {
    (count, self.ranks) = (layout.count, ranks)
    sum = FloatMemory(count: layout.count)
    working = (0..<workers).map { _ in FloatMemory(count: layout.count) }
  }

  /// Cuts a batch into shards, runs this rank's on whichever worker is free and sums the gradients of all.
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
    let tree = SumTree(leaves: (batch + capacity - 1) / capacity)
    let own = ranks.share(of: tree.leaves)
    let losses = own.map { _ in SharedValue(0.0) }
    sum.all.fill(0)
    spare.append(sum)
    let exchange = ranks.count == 1 ? nil : SumExchange(tree, count, ranks, of: self)
    workers.each(own.count) { place, worker in
      let shard = own.lowerBound + place
      let first = shard * capacity
      let memory = condition.withLock { working[worker] }
      losses[place].value = train(first..<min(batch, first + capacity), worker, memory)
      add(SumTree.Node(level: 0, index: shard), of: worker, tree, own)
    }
    guard let exchange else {
      sum = take(tree.root)
      return losses.reduce(0) { $0 + $1.value }
    }
    let begun = ContinuousClock.now
    sum = total(exchange)
    let loss = ranks.gather(losses.map(\.value), shareOf: tree.leaves).reduce(0, +)
    let waited = (ContinuousClock.now - begun) / .seconds(1)
    traffic.add(
      bytes: exchange.bytes + (ranks.count - 1) * own.count * MemoryLayout<Double>.size,
      seconds: waited)
    return loss
  }

  /// The sum of a node that has no parent among this rank's, once it is there.
  func awaited(_ node: SumTree.Node) -> Floats {
    condition.withLock {
      while true {
        if let sum = waiting[node] { return sum.all }
        condition.wait()
      }
    }
  }

  private func take(_ node: SumTree.Node) -> FloatMemory {
    waiting.removeValue(forKey: node) ?? FloatMemory(count: count)
  }

  /// Adds a worker's gradients to those of the sibling, and the sum to that of its sibling, as far as they
  /// are there; puts aside what is left, and gives the worker zeros to go on with.
  private func add(
    _ leaf: SumTree.Node, of worker: Int, _ tree: SumTree, _ own: Range<Int>
  ) {
    condition.lock()
    defer { condition.unlock() }
    var (node, memory) = (leaf, working[worker])
    while node != tree.root, tree.isWithin(own, node.parent) {
      if !tree.leaves(of: node.sibling).isEmpty {
        guard let sibling = waiting.removeValue(forKey: node.sibling) else { break }
        condition.unlock()
        accumulateAndClear(memory.all, into: sibling.all, .add)
        condition.lock()
        spare.append(memory)
        memory = sibling
      }
      node = node.parent
    }
    waiting[node] = memory
    condition.broadcast()
    working[worker] = spare.popLast() ?? FloatMemory(count: count)
  }

  /// The sum over all ranks.
  private func total(_ exchange: SumExchange) -> FloatMemory {
    let all = exchange.total()
    let own = exchange.own.map(take)
    // A rank without a shard of its own takes back the zeros that it put aside.
    let sum = own.first ?? spare.popLast() ?? FloatMemory(count: count)
    let rest = own.dropFirst()
    for memory in rest { memory.all.fill(0) }
    spare += rest
    sum.all.copy(from: all)
    return sum
  }
}
