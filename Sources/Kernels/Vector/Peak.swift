// The machine's peak arithmetic and memory throughput, as yardsticks for the kernels.

/// Multiplies and adds in registers only; returns the number of floating-point operations.
///
/// Ten chains hide a multiply-add's latency on every CPU of the last ten years.
///
/// - Parameter sink: room for one vector: a result that is stored is not optimised away.
package func multiplyAddPeak(rounds: Int, sink: Floats) -> Int {
  let (a, b) = (Vector(repeating: 0.999_999), Vector(repeating: 1e-6))
  var x = (a, a, a, a, a, a, a, a, a, a)
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
  (near + x.5 + x.6 + x.7 + x.8 + x.9).store(at: sink.base)
  return rounds * 10 * 2 * Vector.width
}

/// y = x + 0.5·y: two streams of reads and one of writes; returns the bytes moved.
package func streamThrough(_ x: Floats, _ y: Floats) -> Int {
  vectorized(min(x.count, y.count)) { i, n in
    Vector(at: x.base + i).adding(0.5, times: Vector(at: y.base + i)).store(
      first: n, at: y.base + i)
  }
  return 3 * min(x.count, y.count) * MemoryLayout<Float>.stride
}
