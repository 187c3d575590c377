// Gradients of shards are summed in one order, whatever order the workers finish in.

import Autograd
import Foundation
import Kernels
import TestSupport
import Testing

/// Values whose sum depends on the order.
@Test func shardsAreSummedInTheirOrderOnAnyWorkers() {
  var layout = ParameterLayout()
  _ = Dense("dense", inputs: 4, outputs: 3, in: &layout)
  let count = layout.count
  let results = [1, 2, 3, 5].flatMap { threads in
    let sum = GradientAccumulator(layout, workers: threads)
    return (0..<2).map { _ in
      let loss = sum.accumulate(14, by: 3, on: Workers(count: threads)) { part, _, gradients in
        #expect(gradients.array.allSatisfy { $0 == 0 })
        // The first shard finishes last, and every other shard overtakes the one before it.
        Thread.sleep(
          forTimeInterval: part.lowerBound == 0 ? 0.05 : part.lowerBound % 2 == 1 ? 0.01 : 0)
        let values = uniform(count, bound: Float(part.count) * 1e3, seed: UInt64(part.lowerBound))
        gradients.all.copy(from: values)
        return Double(part.lowerBound)
      }
      return (loss, sum.floats.array.map(\.bitPattern))
    }
  }
  #expect(results.allSatisfy { $0.0 == 0 + 3 + 6 + 9 + 12 && $0.1 == results[0].1 })
  var expected = [Float](repeating: 0, count: count)
  for (start, images) in [(0, 3), (3, 3), (6, 3), (9, 3), (12, 2)] {
    let values = uniform(count, bound: Float(images) * 1e3, seed: UInt64(start))
    for i in 0..<count { expected[i] += values[i] }
  }
  #expect(results[0].1 == expected.map(\.bitPattern))
}
