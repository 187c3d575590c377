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
  /// Guards what follows.
  private let lock = NSLock()
  /// One per worker, zero where no shard is being computed.
  private var working: [FloatMemory]
  /// Sums that wait for their siblings.
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
    workers.each(own.count) { place, worker in
      let shard = own.lowerBound + place
      let first = shard * capacity
      let memory = lock.withLock { working[worker] }
      losses[place].value = train(first..<min(batch, first + capacity), worker, memory)
      add(SumTree.Node(level: 0, index: shard), of: worker, tree, own)
    }
    sum = ranks.count == 1 ? take(tree.root) : combined(tree)
    return ranks.gather(losses.map(\.value), shareOf: tree.leaves).reduce(0, +)
  }

  private func take(_ node: SumTree.Node) -> FloatMemory {
    waiting.removeValue(forKey: node) ?? FloatMemory(count: count)
  }

  /// Adds a worker's gradients to those of the sibling, and the sum to that of its sibling, as far as they
  /// are there; puts aside what is left, and gives the worker zeros to go on with.
  private func add(
    _ leaf: SumTree.Node, of worker: Int, _ tree: SumTree, _ own: Range<Int>
  ) {
    lock.lock()
    defer { lock.unlock() }
    var (node, memory) = (leaf, working[worker])
    while node != tree.root, tree.isWithin(own, node.parent) {
      if !tree.leaves(of: node.sibling).isEmpty {
        guard let sibling = waiting.removeValue(forKey: node.sibling) else { break }
        lock.unlock()
        accumulateAndClear(memory.all, into: sibling.all, .add)
        lock.lock()
        spare.append(memory)
        memory = sibling
      }
      node = node.parent
    }
    waiting[node] = memory
    working[worker] = spare.popLast() ?? FloatMemory(count: count)
  }
}

// MARK: - Over several processes

extension GradientAccumulator {
  /// Floats of a cache line: ranks' parts of the sum begin at whole ones.
  private static let line = 16

  /// The sum over all ranks: each rank adds up one part of the parameters, along the tree, from what all
  /// ranks have of it, and all gather the parts.
  private func combined(_ tree: SumTree) -> FloatMemory {
    let parts = (0..<ranks.count).map { rank in
      let lines = ranks.share(of: (count + Self.line - 1) / Self.line, rank: rank)
      return min(lines.lowerBound * Self.line, count)..<min(lines.upperBound * Self.line, count)
    }
    let nodes = (0..<ranks.count).map { tree.cover(ranks.share(of: tree.leaves, rank: $0)) }
    let own = nodes[ranks.rank].map(take)
    let part = parts[ranks.rank]
    let received = ranks.exchangeParts(
      parts.map { part in
        own.flatMap { $0.all.slice(part.lowerBound, part.count).array }
      }, counts: nodes.map { $0.count * part.count })
    var sums: [SumTree.Node: FloatMemory] = [:]
    for (nodes, floats) in zip(nodes, received) {
      for (place, node) in nodes.enumerated() {
        let memory = FloatMemory(count: part.count)
        memory.all.copy(from: Array(floats[place * part.count..<(place + 1) * part.count]))
        sums[node] = memory
      }
    }
    let total = total(tree.root, tree, &sums, part.count)
    let all = ranks.gather(
      withExtendedLifetime(total) { total.all.slice(0, part.count).array },
      counts: parts.map(\.count))
    let (sum, rest) = (own.first ?? FloatMemory(count: count), own.dropFirst())
    for memory in rest { memory.all.fill(0) }
    spare += rest
    sum.all.copy(from: all)
    return sum
  }

  /// The sum of a node, from those of the largest nodes that one rank has.
  private func total(
    _ node: SumTree.Node, _ tree: SumTree, _ sums: inout [SumTree.Node: FloatMemory],
    _ count: Int
  ) -> FloatMemory {
    if let sum = sums.removeValue(forKey: node) { return sum }
    let (left, right) = node.children
    let sum = total(left, tree, &sums, count)
    if !tree.leaves(of: right).isEmpty {
      let other = total(right, tree, &sums, count)
      withExtendedLifetime((sum, other)) {
        accumulateAndClear(other.all, into: sum.all, .add)
      }
    }
    return sum
  }
}
