// The tree that shards are summed over.

import Testing

@testable import Autograd

@Suite struct SumTreeTests {
  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 13, 64, 100])
  func theRootHoldsEveryLeafAndChildrenShareTheirParents(leaves: Int) {
    let tree = SumTree(leaves: leaves)
    #expect(tree.leaves(of: tree.root) == 0..<leaves)
    var nodes = [tree.root]
    while let node = nodes.popLast() {
      guard node.level > 0 else { continue }
      let (left, right) = node.children
      #expect(left.parent == node && right.parent == node && left.sibling == right)
      #expect(tree.leaves(of: left).upperBound == tree.leaves(of: right).lowerBound)
      #expect(!tree.leaves(of: left).isEmpty)
      nodes += [left, right].filter { !tree.leaves(of: $0).isEmpty }
    }
  }

  /// In order, without gaps, and none of them could be larger.
  @Test(arguments: [1, 2, 5, 8, 13, 31])
  func aRangeIsCoveredByTheLargestNodes(leaves: Int) {
    let tree = SumTree(leaves: leaves)
    for first in 0..<leaves {
      for last in first...leaves {
        let nodes = tree.cover(first..<last)
        #expect(nodes.flatMap { Array(tree.leaves(of: $0)) } == Array(first..<last))
        for node in nodes where node != tree.root {
          #expect(!tree.isWithin(first..<last, node.parent))
        }
        #expect(nodes.count <= 2 * tree.root.level + 1)
      }
    }
  }
}
