// Blocks share memory only if their live ranges do not overlap.

import Autograd
import Kernels
import TestSupport
import Testing

/// Blocks of random sizes and live ranges.
private struct Program {
  struct Block {
    let count: Int
    let liveRange: ClosedRange<Int>
  }

  let plan: MemoryPlan
  let blocks: [Block]

  init(seed: UInt64) {
    var plan = MemoryPlan()
    let numbers = uniform(300, seed: seed).map { Int(abs($0) * 1000) }
    blocks = stride(from: 0, to: numbers.count, by: 3).map { i in
      let steps = numbers[i + 1..<i + 3].map { $0 % 40 }.sorted()
      let block = Block(count: 1 + numbers[i], liveRange: steps[0]...steps[1])
      _ = plan.add(block.count, liveRange: block.liveRange)
      return block
    }
    self.plan = plan
  }
}

@Test(arguments: 0..<20 as Range<UInt64>)
func blocksThatLiveAtTheSameTimeNeverShareMemory(seed: UInt64) {
  let program = Program(seed: seed)
  let (ranges, count) = program.plan.layout()
  for (a, block) in program.blocks.enumerated() {
    #expect(ranges[a].count == block.count && ranges[a].upperBound <= count)
    #expect(ranges[a].lowerBound == FloatMemory.aligned(ranges[a].lowerBound))
    for b in 0..<a where program.blocks[b].liveRange.overlaps(block.liveRange) {
      #expect(!ranges[a].overlaps(ranges[b]))
    }
  }
}

@Test func memoryOfDeadBlocksIsReused() {
  var plan = MemoryPlan()
  // A chain needs its input, its result, and what the current step reads and writes.
  for step in 1..<99 { _ = plan.add(64, liveRange: step - 1...step) }
  for _ in 0..<2 { _ = plan.add(64, liveRange: 0...100) }
  #expect(plan.layout().count == 4 * 64)
}

@Test func whatNobodyUsesTakesNoRoom() {
  var plan = MemoryPlan()
  let blocks = [plan.add(100, liveRange: nil), plan.add(64, liveRange: 0...1)]
  let layout = plan.layout()
  #expect(layout.ranges[blocks[0]].isEmpty)
  #expect(layout.count == 64)
}
