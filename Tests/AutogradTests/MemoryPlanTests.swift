import Autograd
import Kernels
import TestSupport
import Testing

/// Blocks of random sizes, each used at a few random steps.
private struct Program {
  struct Block {
    let count: Int
    let life: ClosedRange<Int>
  }

  let plan: MemoryPlan
  let blocks: [Block]

  init(seed: UInt64) {
    var plan = MemoryPlan()
    let numbers = uniform(400, seed: seed).map { Int(abs($0) * 1000) }
    blocks = stride(from: 0, to: numbers.count, by: 4).map { i in
      let block = plan.add(1 + numbers[i])
      let steps = numbers[i + 1..<i + 4].map { $0 % 40 }.sorted()
      for step in steps { plan.use(block, at: step...step) }
      return Block(count: 1 + numbers[i], life: steps[0]...steps[2])
    }
    self.plan = plan
  }
}

@Test(arguments: 0..<20 as Range<UInt64>)
func blocksThatLiveAtTheSameTimeNeverShareMemory(seed: UInt64) {
  let program = Program(seed: seed)
  let (ranges, count) = program.plan.layout()
  for (a, block) in program.blocks.enumerated() {
    #expect(ranges[a].count >= block.count && ranges[a].upperBound <= count)
    #expect(ranges[a].lowerBound == FloatMemory.aligned(ranges[a].lowerBound))
    for b in 0..<a where program.blocks[b].life.overlaps(block.life) {
      #expect(!ranges[a].overlaps(ranges[b]))
    }
  }
}

@Test func theDeadMakeRoom() {
  var plan = MemoryPlan()
  let blocks = (0..<100).map { _ in plan.add(64) }
  plan.use(blocks[0], at: 0...100)
  for (step, (x, y)) in zip(blocks, blocks.dropFirst()).enumerated() {
    plan.use(x, at: step...step)
    plan.use(y, at: step...step)
  }
  plan.use(blocks[99], at: 0...100)
  // A chain needs its input, its result and, between, what a step reads and what it writes.
  #expect(plan.layout().count == 4 * 64)
}

@Test func whatNobodyUsesTakesNoRoom() {
  var plan = MemoryPlan()
  let blocks = [plan.add(100), plan.add(64)]
  plan.use(blocks[1], at: 0...1)
  let layout = plan.layout()
  #expect(layout.ranges[blocks[0]].isEmpty)
  #expect(layout.count == 64)
}
