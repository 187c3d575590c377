// The binary tree that shards are summed over: its shape depends on their number alone.

/// A tree over leaves 0, 1, ...: a node of level l stands for 2^l of them, the last one for what is left.
///
/// Floating-point sums depend on their order. Along this tree any number of threads and of processes
/// computes the same sums, each those of its own leaves as far as they make whole nodes.
struct SumTree {
  /// How many leaves there are.
  let leaves: Int

  struct Node: Hashable {
    /// 0 for leaves.
    var level: Int
    /// Its place among those of its level.
    var index: Int

    var parent: Node { Node(level: level + 1, index: index / 2) }
    var sibling: Node { Node(level: level, index: index ^ 1) }
    var children: (Node, Node) {
      (Node(level: level - 1, index: 2 * index), Node(level: level - 1, index: 2 * index + 1))
    }
  }

  /// The node of all leaves.
  var root: Node {
    var level = 0
    while 1 << level < leaves { level += 1 }
    return Node(level: level, index: 0)
  }

  /// Which leaves a node stands for; none for one beyond the last leaf.
  func leaves(of node: Node) -> Range<Int> {
    let first = min(node.index << node.level, leaves)
    return first..<min((node.index + 1) << node.level, leaves)
  }

  /// Whether a node's leaves all lie in a range.
  func isWithin(_ range: Range<Int>, _ node: Node) -> Bool {
    let own = leaves(of: node)
    return own.lowerBound >= range.lowerBound && own.upperBound <= range.upperBound
  }

  /// The largest nodes within a range of leaves, in their order: at most two of each level.
  func cover(_ range: Range<Int>) -> [Node] {
    var nodes: [Node] = []
    var leaf = range.lowerBound
    while leaf < range.upperBound {
      var node = Node(level: 0, index: leaf)
      while node != root, node.parent.index << node.parent.level == leaf,
        isWithin(range, node.parent)
      {
        node = node.parent
      }
      nodes.append(node)
      leaf = leaves(of: node).upperBound
    }
    return nodes
  }
}
