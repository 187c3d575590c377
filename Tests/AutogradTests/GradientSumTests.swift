import Autograd
import Kernels
import TestSupport
import Testing

/// Values whose sum depends on the order.
@Test func shardsAreSummedInTheirOrderOnAnyWorkers() {
  var layout = ParameterLayout()
  _ = Dense("dense", inputs: 4, outputs: 3, in: &layout)
  let count = layout.count
  let results = [1, 2, 3].map { threads in
    let sum = GradientSum(layout, shards: 5)
    let memory = (0..<threads).map { _ in FloatMemory(count: count) }
    let loss = sum.accumulate(14, by: 3, on: Workers(count: threads)) { part, worker in
      let gradients = memory[worker].all
      let values = uniform(count, bound: Float(part.count) * 1e3, seed: UInt64(part.lowerBound))
      gradients.copy(from: values)
      return (Double(part.lowerBound), gradients)
    }
    return (loss, sum.floats.array.map(\.bitPattern))
  }
  #expect(results.allSatisfy { $0.0 == 0 + 3 + 6 + 9 + 12 && $0.1 == results[0].1 })
  var expected = [Float](repeating: 0, count: count)
  for (start, images) in [(0, 3), (3, 3), (6, 3), (9, 3), (12, 2)] {
    let values = uniform(count, bound: Float(images) * 1e3, seed: UInt64(start))
    for i in 0..<count { expected[i] += values[i] }
  }
  #expect(results[0].1 == expected.map(\.bitPattern))
}
