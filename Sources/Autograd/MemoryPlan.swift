// Where on a tape's memory each block lies: blocks whose lives do not overlap share floats.

internal import Kernels

/// The lives of a tape's blocks, and a layout that lets the dead make room.
package struct MemoryPlan {
  private struct Block {
    let count: Int
    /// The steps at which the block is first written and last read.
    var first: Int?
    var last: Int?
    var isKept = false
  }

  private var blocks: [Block] = []
  private var steps = 0
  private let capacity: Int

  package init(capacity: Int) {
    self.capacity = capacity
  }

  /// A block of `count` floats an image; returns its number.
  package mutating func add(_ count: Int) -> Int {
    blocks.append(Block(count: FloatMemory.aligned(count * capacity)))
    return blocks.count - 1
  }

  /// The block lives as long as the tape.
  package mutating func keep(_ block: Int) { blocks[block].isKept = true }

  /// The next step reads and writes these blocks.
  package mutating func record(reads: [Int], writes: [Int]) {
    for block in writes { blocks[block].first = blocks[block].first ?? steps }
    for block in reads + writes { blocks[block].last = steps }
    steps += 1
  }

  /// Ranges of one memory for the values and the gradients of all blocks.
  ///
  /// Training lays values side by side, all live until the backward pass has used them; a
  /// gradient lives from the block's last reader back to its writer.
  package func layout(for purpose: Tape.Purpose) -> (
    values: [Range<Int>], gradients: [Range<Int>], count: Int
  ) {
    let end = steps
    let lives = blocks.map { block in
      block.isKept ? 0..<end + 1 : (block.first ?? 0)..<(block.last ?? end) + 1
    }
    switch purpose {
    case .inference:
      let (ranges, count) = pack(lives)
      return (ranges, [], count)
    case .training:
      var values: [Range<Int>] = []
      var offset = 0
      for block in blocks {
        values.append(offset..<offset + block.count)
        offset += block.count
      }
      let (ranges, count) = pack(lives)
      let gradients = ranges.map { $0.lowerBound + offset..<$0.upperBound + offset }
      return (values, gradients, offset + count)
    }
  }

  /// Largest blocks first, each at the lowest place that is free for all of its life.
  private func pack(_ lives: [Range<Int>]) -> (ranges: [Range<Int>], count: Int) {
    var ranges = Array(repeating: 0..<0, count: blocks.count)
    var placed: [Int] = []
    var count = 0
    for block in blocks.indices.sorted(by: { blocks[$0].count > blocks[$1].count }) {
      var offset = 0
      let neighbours = placed.filter { lives[$0].overlaps(lives[block]) }
        .sorted { ranges[$0].lowerBound < ranges[$1].lowerBound }
      for neighbour in neighbours {
        if offset + blocks[block].count <= ranges[neighbour].lowerBound { break }
        offset = max(offset, ranges[neighbour].upperBound)
      }
      ranges[block] = offset..<offset + blocks[block].count
      count = max(count, offset + blocks[block].count)
      placed.append(block)
    }
    return (ranges, count)
  }
}
