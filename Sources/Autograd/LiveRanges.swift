// The steps during which each of a tape's blocks is in use, and how many images it has to hold.

internal import Kernels

/// When blocks are used, by the numbers of a tape's steps.
struct LiveRanges {
  private struct Block {
    /// Floats of an image.
    let count: Int
    var steps: ClosedRange<Int>?
  }

  private var blocks: [Block] = []
  /// The numbers of each group's steps, with the images of its micro-batches.
  private let groups: [(steps: ClosedRange<Int>, images: Int)]
  private let capacity: Int
  private let sharesMemory: Bool

  /// - Parameter sharesMemory: whether blocks that are not in use at the same time share memory.
  init(_ groups: [StepGroup], capacity: Int, sharesMemory: Bool) {
    var start = 0
    self.groups = groups.map { group in
      defer { start += group.steps.count }
      return (start...start + group.steps.count - 1, group.images)
    }
    (self.capacity, self.sharesMemory) = (capacity, sharesMemory)
  }

  /// Adds a block of `count` floats per image; returns its number.
  mutating func add(_ count: Int) -> Int {
    blocks.append(Block(count: count))
    return blocks.count - 1
  }

  mutating func use(_ block: Int, at step: Int) {
    let steps = blocks[block].steps ?? step...step
    blocks[block].steps = min(steps.lowerBound, step)...max(steps.upperBound, step)
  }

  /// Marks a block as in use from before the first step until after the last.
  mutating func keep(_ block: Int) {
    blocks[block].steps = -1...(groups.last?.steps.upperBound ?? 0) + 1
  }

  /// Places the blocks in one memory, or where they share none, each in its own with room for all images.
  ///
  /// A block that one group alone uses has room for a micro-batch, and lives as long as it is used.
  /// Any other block has room for all images and lives from the first step of its first group to the
  /// last step of its last group: for different micro-batches, each step of a group runs both before
  /// and after each other step.
  func layout() -> (places: [TapeMemory.Place], memories: [FloatMemory]) {
    guard sharesMemory else {
      let memories = blocks.map { FloatMemory(count: $0.count * capacity) }
      return (memories.map { TapeMemory.Place(floats: $0.all, isMicroBatch: false) }, memories)
    }
    let (ranges, isMicroBatch, count) = plan()
    let memory = FloatMemory(count: count)
    let places = zip(ranges, isMicroBatch).map { range, isMicroBatch in
      TapeMemory.Place(
        floats: memory.all.slice(range.lowerBound, range.count), isMicroBatch: isMicroBatch)
    }
    return (places, [memory])
  }

  /// How many floats that takes.
  var floats: Int {
    sharesMemory ? plan().count : blocks.reduce(0) { $0 + $1.count * capacity }
  }

  private func plan() -> (ranges: [Range<Int>], isMicroBatch: [Bool], count: Int) {
    var plan = MemoryPlan()
    let isMicroBatch = blocks.map { block in
      guard let steps = block.steps else {
        _ = plan.add(0, liveRange: nil)
        return false
      }
      let (first, last) = (group(at: steps.lowerBound), group(at: steps.upperBound))
      if let first, let last, first.steps == last.steps {
        _ = plan.add(block.count * first.images, liveRange: steps)
        return true
      }
      let start = first?.steps.lowerBound ?? steps.lowerBound
      _ = plan.add(
        block.count * capacity, liveRange: start...(last?.steps.upperBound ?? steps.upperBound))
      return false
    }
    let layout = plan.layout()
    return (layout.ranges, isMicroBatch, layout.count)
  }

  private func group(at step: Int) -> (steps: ClosedRange<Int>, images: Int)? {
    groups.first { $0.steps.contains(step) }
  }
}
