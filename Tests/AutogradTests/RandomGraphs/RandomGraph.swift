// Networks of random operations: the same seed always gives the same network.

import Autograd
import Kernels
import TestSupport

/// A small network of every operation there is, each reading results of others.
struct RandomGraph {
  let network: Network
  /// The operations, one per line.
  let description: String
  /// What the tape has room for, and how many images it is run with.
  let (capacity, images): (Int, Int)
  /// Pixels that an operation works on at a time: often too few for all images at once.
  let microBatchPixels: Int

  init(seed: UInt64) {
    var random = SplitMix(state: seed)
    capacity = random.pick(1...4)
    images = random.pick(max(1, capacity - 1)...capacity)
    microBatchPixels = random.pick([1, 8, 20, 1600])
    let image = Shape(
      height: random.pick(1...4), width: random.pick(1...4), channels: random.pick([4, 8, 8]))
    let vector = Shape(channels: random.pick([4, 8]))
    let inputs: [Network.Input] = [
      .varied(image), .varied(vector),
      .given(image, uniform(capacity * image.count, seed: seed)),
      .given(Shape(channels: 1), (0..<capacity).map { _ in Float(random.pick(0...2)) }),
    ]
    var description = ""
    network = Network(inputs) { layout in
      var builder = GraphBuilder(random, layout, image: image, vector: vector)
      for _ in 0..<random.pick(4...12) { builder.addOperation() }
      layout = builder.layout
      description = builder.descriptions.joined(separator: "\n")
      let steps = builder.steps
      return { inputs, tape in
        var tensors = inputs
        for step in steps { tensors.append(step.run(step.operands.map { tensors[$0] }, tape)) }
        return tensors[tensors.count - 1]
      }
    }
    self.description = description
  }
}

/// SplitMix64 (Steele et al. 2014): a few random choices from a seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func pick<T>(_ choices: [T]) -> T { choices[pick(0...choices.count - 1)] }

  mutating func happens(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }
}
