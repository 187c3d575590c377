import Autograd
import Kernels
import TestSupport
import Testing

/// A computation of random steps: each writes a block and reads some of the earlier ones.
private struct Program {
  /// Number, size and life of a block: the steps from its writer to its last reader.
  struct Block {
    let count: Int
    var life: ClosedRange<Int>
  }

  let plan: MemoryPlan
  let blocks: [Block]

  init(seed: UInt64, capacity: Int) {
    var plan = MemoryPlan(capacity: capacity)
    var blocks: [Block] = []
    let (steps, end) = (30, 30)
    // Numbers below 1 that decide how large blocks are and what is read and kept.
    var choices = uniform(10 * steps, seed: seed).map { Double(abs($0)) }[...]
    func choose(_ count: Int) -> Int { Int((choices.popFirst() ?? 0) * Double(count)) }
    func block(_ life: ClosedRange<Int>) -> Int {
      let count = 1 + choose(200)
      blocks.append(Block(count: count * capacity, life: life))
      return plan.add(count)
    }
    for _ in 0..<2 { plan.keep(block(0...end)) }
    for step in 0..<steps {
      let reads = (0..<choose(4)).map { _ in choose(blocks.count) }
      let writes = (0...choose(2)).map { _ in block(step...step) }
      plan.record(reads: reads, writes: writes)
      for read in reads where blocks[read].life.upperBound < step {
        blocks[read].life = blocks[read].life.lowerBound...step
      }
    }
    plan.keep(blocks.count - 1)
    blocks[blocks.count - 1].life = 0...end
    self.plan = plan
    self.blocks = blocks
  }

  /// Whether no two blocks that live at the same time share floats.
  func isDisjoint(_ ranges: [Range<Int>]) -> Bool {
    blocks.indices.allSatisfy { a in
      blocks.indices.allSatisfy { b in
        a == b || !blocks[a].life.overlaps(blocks[b].life) || !ranges[a].overlaps(ranges[b])
      }
    }
  }

  func holds(_ ranges: [Range<Int>], in memory: Range<Int>) -> Bool {
    zip(blocks, ranges).allSatisfy { block, range in
      range.count >= block.count && memory.contains(range.lowerBound)
        && range.upperBound <= memory.upperBound
        && range.lowerBound == FloatMemory.aligned(range.lowerBound)
    }
  }
}

@Test(arguments: 0..<20 as Range<UInt64>, [1, 3])
func livingBlocksNeverShareMemoryInInference(seed: UInt64, capacity: Int) {
  let program = Program(seed: seed, capacity: capacity)
  let layout = program.plan.layout(for: .inference)
  #expect(program.isDisjoint(layout.values))
  #expect(program.holds(layout.values, in: 0..<layout.count))
  #expect(layout.gradients.isEmpty)
}

@Test(arguments: 0..<20 as Range<UInt64>, [1, 3])
func trainingKeepsEveryValueAndLivingGradientsApart(seed: UInt64, capacity: Int) {
  let program = Program(seed: seed, capacity: capacity)
  let layout = program.plan.layout(for: .training)
  let ordered = layout.values.sorted { $0.lowerBound < $1.lowerBound }
  let valuesEnd = ordered.last?.upperBound ?? 0
  #expect(zip(ordered, ordered.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
  #expect(program.holds(layout.values, in: 0..<valuesEnd))
  #expect(program.isDisjoint(layout.gradients))
  #expect(program.holds(layout.gradients, in: valuesEnd..<layout.count))
}

@Test func theDeadMakeRoom() {
  var plan = MemoryPlan(capacity: 1)
  let blocks = (0..<100).map { _ in plan.add(64) }
  plan.keep(blocks[0])
  for (x, y) in zip(blocks, blocks.dropFirst()) { plan.record(reads: [x], writes: [y]) }
  plan.keep(blocks[99])
  // A chain needs its input, its result and, between, what a step reads and what it writes.
  #expect(plan.layout(for: .inference).count == 4 * 64)
}
