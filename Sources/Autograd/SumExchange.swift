// Sums of ranks on their way to each other, while the ranks still compute.

import Foundation
internal import Kernels
internal import Ranks

/// The sum of a batch's gradients over all ranks: each rank adds up one part of the parameters, along the
/// tree, from what all ranks have of it, and all gather the parts.
///
/// A rank's shards make one or more whole nodes of the tree. Each is sent when it is done, in a thread of
/// its own; only the last one has no shards left to travel beside.
final class SumExchange: @unchecked Sendable {
  private let tree: SumTree
  private let ranks: any Communicator
  /// Each rank's part of the parameters.
  private let parts: [Range<Int>]
  /// Each rank's nodes, in the order they are finished.
  private let nodes: [[SumTree.Node]]
  /// What came of this rank's part.
  private var sums: [SumTree.Node: FloatMemory] = [:]
  private let isDone = DispatchSemaphore(value: 0)
  /// The bytes that this rank has sent.
  private(set) var bytes = 0

  /// This rank's nodes.
  var own: [SumTree.Node] { nodes[ranks.rank] }

  /// Begins to send and receive.
  ///
  /// - Parameters:
  ///   - count: how many parameters there are.
  ///   - accumulator: where this rank's sums come from; it stays until the total is there.
  init(
    _ tree: SumTree, _ count: Int, _ ranks: any Communicator, of accumulator: GradientAccumulator
  ) {
    (self.tree, self.ranks) = (tree, ranks)
    // Each begins on a cache line.
    let line = FloatMemory.line
    parts = (0..<ranks.count).map { rank in
      let lines = ranks.share(of: FloatMemory.aligned(count) / line, rank: rank)
      return min(lines.lowerBound * line, count)..<min(lines.upperBound * line, count)
    }
    nodes = (0..<ranks.count).map { tree.cover(ranks.share(of: tree.leaves, rank: $0)) }
    Thread { [self] in
      exchangeAll(accumulator)
      isDone.signal()
    }.start()
  }

  /// Rounds, in each of which a rank sends one of its nodes: in the last one all their last.
  private func exchangeAll(_ accumulator: GradientAccumulator) {
    let rounds = nodes.map(\.count).max() ?? 0
    let part = parts[ranks.rank]
    for round in 0..<rounds {
      let sent = nodes.map { nodes in
        let place = round - (rounds - nodes.count)
        return place < 0 ? nil : nodes[place]
      }
      let outgoing = sent[ranks.rank].map { node in
        let sum = accumulator.awaited(node)
        return parts.map { sum.slice($0.lowerBound, $0.count).array }
      }
      let received = ranks.exchangeParts(
        outgoing ?? parts.map { _ in [] }, counts: sent.map { $0 == nil ? 0 : part.count })
      if let outgoing { count(outgoing.reduce(0) { $0 + $1.count } - part.count) }
      for (node, floats) in zip(sent, received) {
        if let node { sums[node] = FloatMemory(floats) }
      }
    }
  }

  private func count(_ floats: Int) { bytes += floats * MemoryLayout<Float>.size }

  /// The sum of all shards, once it is there.
  func total() -> [Float] {
    isDone.wait()
    let part = parts[ranks.rank]
    let total = total(tree.root)
    count((ranks.count - 1) * part.count)
    return ranks.gather(
      withExtendedLifetime(total) { total.all.slice(0, part.count).array },
      counts: parts.map(\.count))
  }

  /// The sum of a node, from those of the largest nodes that one rank has.
  private func total(_ node: SumTree.Node) -> FloatMemory {
    if let sum = sums.removeValue(forKey: node) { return sum }
    let (left, right) = node.children
    let sum = total(left)
    if !tree.leaves(of: right).isEmpty {
      let other = total(right)
      withExtendedLifetime((sum, other)) {
        accumulateAndClear(other.all, into: sum.all, .add)
      }
    }
    return sum
  }
}
