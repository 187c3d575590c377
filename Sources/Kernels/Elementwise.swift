// Loops over plain runs of floats, and the word for whether a result replaces or adds.

/// Whether a kernel's result replaces what its target holds or is added to it.
package enum Accumulation: Sendable {
  case overwrite
  case add

  /// What the result is added to.
  @inline(__always) func start(at address: UnsafeMutablePointer<Float>) -> Lane {
    switch self {
    case .overwrite: Lane()
    case .add: Lane(at: address)
    }
  }

  /// The start of a product whose result goes to `target`.
  @inline(__always) func start(
    _ target: UnsafeMutablePointer<Float>, stride: Int
  ) -> Product.Start {
    switch self {
    case .overwrite: .zero
    case .add: .matrix(target, stride: stride)
    }
  }
}

/// Calls `body` with the place of each vector of a run and with how many of its floats count.
@inline(__always)
func vectorized(_ count: Int, _ body: (_ index: Int, _ floats: Int) -> Void) {
  var i = 0
  while i + Lane.width <= count {
    body(i, Lane.width)
    i += Lane.width
  }
  if i < count { body(i, count - i) }
}

/// Calls `body` for each vector of columns of some rows of a matrix, then for the next rows.
///
/// Down a column of the whole matrix a line of memory would be read here and a line there, which the
/// CPU does not foresee well; along the rows, what belongs to a column would be loaded each time. As
/// many rows as the first-level cache holds are read in the memory's order, nearly; whole quartets
/// of them.
@inline(__always)
func forEachColumn(
  rows: Int, columns: Int, _ body: (_ column: Int, _ floats: Int, _ rows: Range<Int>) -> Void
) {
  let quartets = max(1, cachedFloats / (columns * Quartet.rows))
  let height = quartets * Quartet.rows
  for first in stride(from: 0, to: rows, by: height) {
    let rows = first..<min(first + height, rows)
    vectorized(columns) { column, n in body(column, n, rows) }
  }
}

/// Floats of each of a few matrices that stay in the first-level cache.
private let cachedFloats = 1024

/// y = scale·x + offset, or added to what y holds.
package func affine(
  _ x: Floats, scale: Float, offset: Float, into y: Floats, _ accumulation: Accumulation,
  count: Int
) {
  vectorized(count) { i, n in
    (accumulation.start(at: y.base + i) + offset)
      .adding(scale, times: Lane(at: x.base + i))
      .store(first: n, at: y.base + i)
  }
}

/// y += x.
package func add(_ x: Floats, to y: Floats, count: Int) {
  vectorized(count) { i, n in
    (Lane(at: y.base + i) + Lane(at: x.base + i)).store(first: n, at: y.base + i)
  }
}

/// y = a·b element by element, or added to what y holds.
package func multiply(
  _ a: Floats, _ b: Floats, into y: Floats, _ accumulation: Accumulation, count: Int
) {
  vectorized(count) { i, n in
    accumulation.start(at: y.base + i)
      .adding(Lane(at: a.base + i), times: Lane(at: b.base + i))
      .store(first: n, at: y.base + i)
  }
}

/// Copies rows of `channels` floats between matrices of different row lengths, or adds them.
package func copyRows(
  _ x: Floats, rowLength: Int, into y: Floats, rowLength target: Int, _ accumulation: Accumulation,
  rows: Int, channels: Int
) {
  for row in 0..<rows {
    let (from, to) = (x.base + row * rowLength, y.base + row * target)
    vectorized(channels) { i, n in
      (accumulation.start(at: to + i) + Lane(at: from + i)).store(first: n, at: to + i)
    }
  }
}

/// sums[c] = Σ_rows x[row, c], or added to what the sums hold.
package func columnSums(
  _ x: Floats, rows: Int, columns: Int, into sums: Floats, _ accumulation: Accumulation
) {
  if accumulation == .overwrite { sums.slice(0, columns).fill(0) }
  forEachColumn(rows: rows, columns: columns) { c, n, rows in
    // Four chains of additions hide the latency of one.
    var sum = (Lane(), Lane(), Lane(), Lane(at: sums.base + c))
    var address = x.base + rows.lowerBound * columns + c
    for _ in 0..<rows.count / 4 {
      sum.0 += Lane(at: address)
      sum.1 += Lane(at: address + columns)
      sum.2 += Lane(at: address + 2 * columns)
      sum.3 += Lane(at: address + 3 * columns)
      address += 4 * columns
    }
    for _ in 0..<rows.count % 4 {
      sum.3 += Lane(at: address)
      address += columns
    }
    ((sum.0 + sum.1) + (sum.2 + sum.3)).store(first: n, at: sums.base + c)
  }
}

/// y = x, or y += x; and x = 0.
package func drain(_ x: Floats, into y: Floats, _ accumulation: Accumulation) {
  vectorized(min(x.count, y.count)) { i, n in
    (accumulation.start(at: y.base + i) + Lane(at: x.base + i)).store(first: n, at: y.base + i)
    Lane().store(first: n, at: x.base + i)
  }
}
