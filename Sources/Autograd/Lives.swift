// From when to when a tape's blocks are in use, given that its steps run for a few images at a time.

internal import Kernels

/// When blocks are used, by the numbers of a tape's steps.
struct Lives {
  private struct Life {
    let count: Int
    var steps: ClosedRange<Int>?
  }

  private var lives: [Life] = []
  /// The numbers of each stretch's steps, with its images.
  private let stretches: [(steps: ClosedRange<Int>, images: Int)]
  private let capacity: Int

  init(_ stretches: [Stretch], capacity: Int) {
    var start = 0
    self.stretches = stretches.map { stretch in
      defer { start += stretch.steps.count }
      return (start...start + stretch.steps.count - 1, stretch.images)
    }
    self.capacity = capacity
  }

  /// A block of `count` floats an image; returns its number.
  mutating func add(_ count: Int) -> Int {
    lives.append(Life(count: count))
    return lives.count - 1
  }

  mutating func use(_ block: Int, at step: Int) {
    let steps = lives[block].steps ?? step...step
    lives[block].steps = min(steps.lowerBound, step)...max(steps.upperBound, step)
  }

  /// The block is used from beginning to end, and outside.
  mutating func keep(_ block: Int) {
    lives[block].steps = -1...(stretches.last?.steps.upperBound ?? 0) + 1
  }

  /// Blocks of one stretch have room for its strip, and live as long as they are used. All others
  /// live from the first step of the first stretch to the last of the last: each step of a stretch
  /// runs before and after each other one.
  func layout() -> (places: [TapeMemory.Place], memory: FloatMemory) {
    var plan = MemoryPlan()
    let isStrip = lives.map { life in
      guard let steps = life.steps else {
        _ = plan.add(0, life: nil)
        return false
      }
      let (first, last) = (stretch(at: steps.lowerBound), stretch(at: steps.upperBound))
      if let first, let last, first.steps == last.steps {
        _ = plan.add(life.count * first.images, life: steps)
        return true
      }
      let start = first?.steps.lowerBound ?? steps.lowerBound
      _ = plan.add(
        life.count * capacity, life: start...(last?.steps.upperBound ?? steps.upperBound))
      return false
    }
    let layout = plan.layout()
    let memory = FloatMemory(count: layout.count)
    let places = zip(layout.ranges, isStrip).map { range, isStrip in
      TapeMemory.Place(
        floats: memory.all.slice(range.lowerBound, range.count), isStrip: isStrip)
    }
    return (places, memory)
  }

  private func stretch(at step: Int) -> (steps: ClosedRange<Int>, images: Int)? {
    stretches.first { $0.steps.contains(step) }
  }
}
