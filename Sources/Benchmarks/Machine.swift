// The machine's own limits.

import Autograd
import Kernels

/// Different numbers below 1, so that no chain of a worker equals another or grows.
private let chains = (0..<workers.count).map { _ in
  FloatMemory((0..<peakFloats).map { Float($0 + 1) / Float(peakFloats + 1) })
}

private var peak: Work {
  let rounds = 4_000_000
  let operations = multiplyAddPeak(rounds: 1, memory: chains[0].all) * rounds * workers.count
  return Work(
    body: { workers.run { _ = multiplyAddPeak(rounds: rounds, memory: chains[$0].all) } },
    figures: { [("gigaflops", Double(operations) / $0 / 1e9)] })
}

/// Multiply-adds of all cores at once, in GFLOP/s; measured once a run.
let peakGigaflops: Double = {
  let work = peak
  return work.figures(leastTime(work.body))[0].value
}()

let machineBenchmarks = [
  Benchmark("peak") { peak },
  Benchmark("bandwidth") {
    // Far more than any cache.
    let count = 1 << 24
    let memory = (0..<workers.count).map { _ in
      (FloatMemory(count: count), FloatMemory(count: count))
    }
    let bytes = 3 * 4 * count * workers.count
    return Work(
      body: { workers.run { _ = streamThrough(memory[$0].0.all, memory[$0].1.all) } },
      figures: { [("gigabytesPerSecond", Double(bytes) / $0 / 1e9)] })
  },
]
