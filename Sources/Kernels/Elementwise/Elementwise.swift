// Elementwise loops over contiguous floats.

/// Whether a kernel's result replaces what its target holds or is added to it.
package enum Accumulation: Sendable {
  case overwrite
  case add

  /// What the result is added to.
  @inline(__always) func start(at address: UnsafeMutablePointer<Float>) -> Vector {
    switch self {
    case .overwrite: Vector()
    case .add: Vector(at: address)
    }
  }

  /// The start of a product whose result goes to `target`.
  @inline(__always) func start(_ target: Operand, stride: Int) -> Product.Start {
    switch self {
    case .overwrite: .zero
    case .add: .matrix(target, stride: stride)
    }
  }
}

/// Calls `body` with the index of each vector's first float and with how many of its floats count.
@inline(__always)
func vectorized(_ count: Int, _ body: (_ index: Int, _ floats: Int) -> Void) {
  var i = 0
  while i + Vector.width <= count {
    body(i, Vector.width)
    i += Vector.width
  }
  if i < count { body(i, count - i) }
}

/// y = scale·x + offset, or added to what y holds.
package func affine(
  _ x: Floats, scale: Float, offset: Float, into y: Floats, _ accumulation: Accumulation,
  count: Int
) {
  x.require([count], "x")
  y.require([count], "y")
  vectorized(count) { i, n in
    (accumulation.start(at: y.base + i) + offset)
      .adding(scale, times: Vector(at: x.base + i))
      .store(first: n, at: y.base + i)
  }
}

/// y += x.
package func add(_ x: Floats, to y: Floats, count: Int) {
  x.require([count], "x")
  y.require([count], "y")
  vectorized(count) { i, n in
    (Vector(at: y.base + i) + Vector(at: x.base + i)).store(first: n, at: y.base + i)
  }
}

/// y = a·b element by element, or added to what y holds.
package func multiply(
  _ a: Floats, _ b: Floats, into y: Floats, _ accumulation: Accumulation, count: Int
) {
  a.require([count], "a")
  b.require([count], "b")
  y.require([count], "y")
  vectorized(count) { i, n in
    accumulation.start(at: y.base + i)
      .adding(Vector(at: a.base + i), times: Vector(at: b.base + i))
      .store(first: n, at: y.base + i)
  }
}

/// Copies rows of `channels` floats between matrices of different row lengths, or adds them.
package func copyRows(
  _ x: Floats, rowLength: Int, into y: Floats, rowLength target: Int, _ accumulation: Accumulation,
  rows: Int, channels: Int
) {
  Operand(x).require(rows: rows, channels, apart: rowLength, "x")
  Operand(y).require(rows: rows, channels, apart: target, "y")
  for row in 0..<rows {
    let (from, to) = (x.base + row * rowLength, y.base + row * target)
    vectorized(channels) { i, n in
      (accumulation.start(at: to + i) + Vector(at: from + i)).store(first: n, at: to + i)
    }
  }
}

/// y = x, or y += x; and x = 0.
package func accumulateAndClear(_ x: Floats, into y: Floats, _ accumulation: Accumulation) {
  vectorized(min(x.count, y.count)) { i, n in
    (accumulation.start(at: y.base + i) + Vector(at: x.base + i)).store(first: n, at: y.base + i)
    Vector().store(first: n, at: x.base + i)
  }
}

/// Reads floats in memory order, so that they are in a cache when they are read in another order:
/// the hardware prefetches consecutive cache lines, but not every fourth one.
package func readAhead(_ x: Floats, count: Int) {
  x.require([count], "x")
  var sums = FourVectors()
  for i in stride(from: 0, to: count, by: FourVectors.width) {
    sums.add(FourVectors(at: UnsafePointer(x.base + i)))
  }
  use(sums)
}

/// Does nothing, but keeps the compiler from removing the computation of its argument.
@inline(never) @_optimize(none)
private func use(_ sums: FourVectors) {}
