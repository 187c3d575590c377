// The machine's own limits.

import Autograd
import Kernels

private let sinks = (0..<workers.count).map { _ in FloatMemory(count: 64) }
private let peakRounds = 4_000_000

/// Multiply-adds of all cores at once, in GFLOP/s; measured once a run.
let peakGigaflops: Double = {
  let rounds = peakRounds
  let time = leastTime {
    workers.run { _ = multiplyAddPeak(rounds: rounds, sink: sinks[$0].all) }
  }
  let operations = multiplyAddPeak(rounds: 1, sink: sinks[0].all) * rounds * workers.count
  return Double(operations) / time / 1e9
}()

let machineBenchmarks = [
  Benchmark("peak") { [("gigaflops", peakGigaflops)] },
  Benchmark("bandwidth") {
    // Far more than any cache.
    let count = 1 << 24
    let memory = (0..<workers.count).map { _ in
      (FloatMemory(count: count), FloatMemory(count: count))
    }
    let time = leastTime {
      workers.run { _ = streamThrough(memory[$0].0.all, memory[$0].1.all) }
    }
    let bytes = 3 * 4 * count * workers.count
    return [("gigabytesPerSecond", Double(bytes) / time / 1e9)]
  },
]
