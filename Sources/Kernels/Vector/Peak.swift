// The machine's peak arithmetic and memory throughput, as yardsticks for the kernels.

/// How many chains of multiply-adds hide the latency of one on every CPU of the last ten years.
private let chains = 10

/// How many floats `multiplyAddPeak` starts from.
package let peakFloats = (chains + 2) * Vector.width

/// Multiplies and adds in registers only, x = b + a·x; returns the number of floating-point operations.
///
/// - Parameter memory: `peakFloats` floats: x of every chain, then a and b. With numbers that the
///   compiler knew, or the same in two chains, it would compute the result without the loop.
package func multiplyAddPeak(rounds: Int, memory: Floats) -> Int {
  memory.require([peakFloats], "the memory")
  let vectors = memory.base
  func at(_ place: Int) -> Vector { Vector(at: vectors + place * Vector.width) }
  let (a, b) = (at(chains), at(chains + 1))
  var x = (at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8), at(9))
  for _ in 0..<rounds {
    x.0 = b.adding(a, times: x.0)
    x.1 = b.adding(a, times: x.1)
    x.2 = b.adding(a, times: x.2)
    x.3 = b.adding(a, times: x.3)
    x.4 = b.adding(a, times: x.4)
    x.5 = b.adding(a, times: x.5)
    x.6 = b.adding(a, times: x.6)
    x.7 = b.adding(a, times: x.7)
    x.8 = b.adding(a, times: x.8)
    x.9 = b.adding(a, times: x.9)
  }
  let near = x.0 + x.1 + x.2 + x.3 + x.4
  (near + x.5 + x.6 + x.7 + x.8 + x.9).store(at: vectors)
  return rounds * chains * 2 * Vector.width
}

/// y = x + 0.5·y: two streams of reads and one of writes; returns the bytes moved.
package func streamThrough(_ x: Floats, _ y: Floats) -> Int {
  vectorized(min(x.count, y.count)) { i, n in
    Vector(at: x.base + i).adding(0.5, times: Vector(at: y.base + i)).store(
      first: n, at: y.base + i)
  }
  return 3 * min(x.count, y.count) * MemoryLayout<Float>.stride
}
