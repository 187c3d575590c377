// Assigns blocks to places in one memory: blocks that are not in use at the same time share floats.

internal import Kernels

/// The live ranges of some blocks, and a layout in which they do not collide.
package struct MemoryPlan {
  private struct Block {
    let count: Int
    /// Floats of the whole cache lines that it takes.
    var room: Int { FloatMemory.aligned(count) }
    /// The steps from the first use to the last; nil for a block that is never used.
    let liveRange: ClosedRange<Int>?
  }

  private var blocks: [Block] = []

  package init() {}

  /// Adds a block of `count` floats that is in use from one step to another; returns its number.
  package mutating func add(_ count: Int, liveRange: ClosedRange<Int>?) -> Int {
    blocks.append(Block(count: count, liveRange: liveRange))
    return blocks.count - 1
  }

  /// A range for each block, empty for one that is never used, and the size of the whole memory.
  ///
  /// Largest blocks first, each at the lowest place that is free for all of its live range.
  package func layout() -> (ranges: [Range<Int>], count: Int) {
    var ranges = Array(repeating: 0..<0, count: blocks.count)
    var placed: [(block: Int, liveRange: ClosedRange<Int>)] = []
    var count = 0
    for block in blocks.indices.sorted(by: { blocks[$0].room > blocks[$1].room }) {
      guard let liveRange = blocks[block].liveRange else { continue }
      var offset = 0
      let neighbours = placed.filter { $0.liveRange.overlaps(liveRange) }.map { ranges[$0.block] }
      for neighbour in neighbours.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if offset + blocks[block].room <= neighbour.lowerBound { break }
        offset = max(offset, neighbour.upperBound)
      }
      ranges[block] = offset..<offset + blocks[block].room
      count = max(count, offset + blocks[block].room)
      placed.append((block, liveRange))
    }
    let exact = zip(ranges, blocks).map { range, block in
      range.lowerBound..<min(range.upperBound, range.lowerBound + block.count)
    }
    return (exact, count)
  }
}
