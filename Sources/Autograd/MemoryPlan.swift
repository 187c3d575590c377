// Where in one memory each block lies: blocks whose lives do not overlap share floats.

internal import Kernels

/// The lives of some blocks, and a layout that lets the dead make room.
package struct MemoryPlan {
  private struct Block {
    let count: Int
    /// The steps from the first use to the last; nil for a block that nobody uses.
    let life: ClosedRange<Int>?
  }

  private var blocks: [Block] = []

  package init() {}

  /// A block of `count` floats that is in use from one step to another; returns its number.
  package mutating func add(_ count: Int, life: ClosedRange<Int>?) -> Int {
    blocks.append(Block(count: FloatMemory.aligned(count), life: life))
    return blocks.count - 1
  }

  /// A range for each block, empty for one that nobody uses, and what all take together.
  ///
  /// Largest blocks first, each at the lowest place that is free for all of its life.
  package func layout() -> (ranges: [Range<Int>], count: Int) {
    var ranges = Array(repeating: 0..<0, count: blocks.count)
    var placed: [(block: Int, life: ClosedRange<Int>)] = []
    var count = 0
    for block in blocks.indices.sorted(by: { blocks[$0].count > blocks[$1].count }) {
      guard let life = blocks[block].life else { continue }
      var offset = 0
      let neighbours = placed.filter { $0.life.overlaps(life) }.map { ranges[$0.block] }
      for neighbour in neighbours.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if offset + blocks[block].count <= neighbour.lowerBound { break }
        offset = max(offset, neighbour.upperBound)
      }
      ranges[block] = offset..<offset + blocks[block].count
      count = max(count, offset + blocks[block].count)
      placed.append((block, life))
    }
    return (ranges, count)
  }
}
