// Passes over the rows of a matrix, for a panel of a few vectors of columns at a time.

/// A pass over some rows of a panel of columns.
protocol PanelPass {
  /// - Parameters:
  ///   - T: as many rows of the panel as are about four vectors.
  ///   - column: the panel's first column.
  ///   - n: how many columns it has, fewer than `T.V` where the matrix ends.
  func run<T: Tile>(_: T.Type, _ column: Int, first n: Int, _ rows: Range<Int>)
}

/// Does a pass over some rows of a matrix, panel by panel, and then over the next rows.
///
/// Memory is read nearly in order. Reading down a column of vectors would touch scattered cache
/// lines, which the hardware does not prefetch: three times as slow where the matrix is not in a
/// cache.
@inline(__always)
func forEachPanel(rows: Int, columns: Int, _ pass: some PanelPass) {
  // A matrix of one panel is read in order in any case.
  let height =
    columns <= FourVectors.width ? max(1, rows) : rowUnit * max(1, cachedFloats / columns / rowUnit)
  for first in stride(from: 0, to: rows, by: height) {
    let rows = first..<min(first + height, rows)
    var column = 0
    while column < columns {
      let n = columns - column
      switch Vector.vectors(for: n) {
      case 1:
        pass.run(Tile4<Vector>.self, column, first: n, rows)
        column += Vector.width
      case 2:
        pass.run(Tile2<TwoVectors>.self, column, first: n, rows)
        column += TwoVectors.width
      case 3:
        pass.run(Tile1<ThreeVectors>.self, column, first: n, rows)
        column += ThreeVectors.width
      default:
        pass.run(Tile1<FourVectors>.self, column, first: min(n, FourVectors.width), rows)
        column += FourVectors.width
      }
    }
  }
}

/// Floats per matrix such that a few matrices stay in the first-level cache.
private let cachedFloats = 1024

/// A number of rows that every pass divides into whole tiles, or into an even number of them.
private let rowUnit = 2 * VectorBatch.rows

extension Range<Int> {
  /// The first rows of whole tiles, and the rows that are left.
  @inline(__always) func tiles(of height: Int) -> (tiles: StrideTo<Int>, rest: Range<Int>) {
    let end = upperBound - count % height
    return (stride(from: lowerBound, to: end, by: height), end..<upperBound)
  }
}

extension TileRow {
  /// Stores the first `count` floats, or all there are.
  @inline(__always) func store(first count: Int, at address: UnsafeMutablePointer<Float>) {
    Tile1(repeating: self).store(first: count, at: address, stride: 0)
  }
}

/// sums[c] = Σ_rows x[row, c], or added to what the sums hold.
package func columnSums(
  _ x: Floats, rows: Int, columns: Int, into sums: Floats, _ accumulation: Accumulation
) {
  x.require([rows, columns], "x")
  sums.require([columns], "the sums")
  if accumulation == .overwrite { sums.slice(0, columns).fill(0) }
  forEachPanel(
    rows: rows, columns: columns, ColumnSums(x: x.base, rowLength: columns, sums: sums.base))
}

private struct ColumnSums: PanelPass {
  let x: UnsafePointer<Float>
  let rowLength: Int
  let sums: UnsafeMutablePointer<Float>

  @inline(__always)
  func run<T: Tile>(_: T.Type, _ column: Int, first n: Int, _ rows: Range<Int>) {
    // Two chains of additions hide the latency of one.
    var (even, odd) = (T(), T())
    let (pairs, rest) = rows.tiles(of: 2 * T.rows)
    for row in pairs {
      let address = x + row * rowLength + column
      even = even.zip(T(at: address, stride: rowLength)) { $0 + $1 }
      odd = odd.zip(T(at: address + T.rows * rowLength, stride: rowLength)) { $0 + $1 }
    }
    var sum = T.V(at: sums + column)
    for row in rest { sum.add(T.V(at: x + row * rowLength + column)) }
    sum.add(even.zip(odd) { $0 + $1 }.sum)
    sum.store(first: n, at: sums + column)
  }
}
