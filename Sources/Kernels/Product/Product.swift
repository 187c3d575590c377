// The loop behind all multiplications: a matrix product over strided operands.

/// C[r, v] = start[r, v] + Σ_s Σ_k A[s·a.segment + r·a.row + k·a.step] · B[s·b.segment + k·b.step + v]
///
/// With the strides chosen by the caller this is a matrix product, a convolution's forward pass
/// (rows are pixels, a segment is a row of the filter), its weight gradient (rows are input
/// channels, k runs over pixels), the products of a Winograd transform, and those of attention. A's
/// elements are broadcast, B's and C's rows are vectors and contiguous.
struct Product {
  /// The operand whose elements are broadcast.
  struct Left {
    var base: Operand
    /// From one row of C to the next.
    var row: Int
    /// From one term of the sum to the next.
    var step: Int
    /// From one segment to the next.
    var segment = 0
  }

  /// The operand whose rows are vectors.
  struct Right {
    var base: Operand
    var step: Int
    var segment = 0
    /// The dense right operand of the next product, prefetched during this one.
    var next: Operand?
  }

  /// What the sum is added to.
  enum Start {
    case zero
    /// The same values in every row: a bias.
    case row(Operand)
    /// One value per row, the same in every column.
    case column(Operand)
    /// A matrix of C's shape; C itself to accumulate.
    case matrix(Operand, stride: Int)
    /// A matrix plus the same values in every row: a residual and a bias.
    case matrixAndRow(Operand, stride: Int, Operand)
  }

  var rows: Int
  var columns: Int
  /// How many segments of `depth` terms the sum has.
  var segments = 1
  var depth: Int
  var a: Left
  var b: Right
  var c: Operand
  var cRow: Int

  /// Computes C. B and the start are read in whole vectors, less than one past the last column.
  func run(_ start: Start) {
    requireExtents(start, terms: 1)
    var sum = self
    if segments == 0 { sum.depth = 0 }
    sum.panels(start)
    for _ in stride(from: 1, to: segments, by: 1) {
      sum.a.base += a.segment
      sum.b.base += b.segment
      sum.panels(.matrix(c, stride: cRow))
    }
  }

  /// One segment's terms, added to the start.
  private func panels(_ start: Start) {
    var column = 0
    while column < columns {
      let vectors = Vector.vectors(for: columns - column)
      switch Product.panel(of: vectors) {
      case 1: bands(Vector.self, from: column, start)
      case 2: bands(TwoVectors.self, from: column, start)
      case 3: bands(ThreeVectors.self, from: column, start)
      default: bands(FourVectors.self, from: column, start)
      }
      column += Product.panel(of: vectors) * Vector.width
    }
  }

  /// Computes C where a row of B holds two terms, interleaved: `depth` counts such rows, and
  /// `a.step` leads from one to the next. C has two halves, interleaved too, which the caller adds.
  func runInterleaved(_ start: Start) {
    requireExtents(start, terms: 2)
    for column in stride(from: 0, to: columns, by: Vector.width) {
      bands(InterleavedRow.self, from: column, start)
    }
  }

  /// How many vectors the next panel of columns takes: as many as a tile can hold, but three where
  /// four would leave one or two.
  private static func panel(of vectors: Int) -> Int {
    let leavesFew = vectors == 5 || vectors == 6
    return min(vectors, leavesFew ? 3 : 4, Vector.widestTile)
  }

  /// All rows of one panel of columns, in tiles of nearly equal height.
  private func bands<V: TileRow>(_: V.Type, from column: Int, _ start: Start) {
    guard rows > 0 else { return }
    let tiles = (rows + V.tallestTile - 1) / V.tallestTile
    let (height, taller) = rows.quotientAndRemainder(dividingBy: tiles)
    let middle = taller * (height + 1)
    if taller > 0 { band(V.self, height: height + 1, 0..<middle, column, start) }
    band(V.self, height: height, middle..<rows, column, start)
  }

  /// Some rows, in tiles of a height that divides their number.
  private func band<V: TileRow>(
    _: V.Type, height: Int, _ rows: Range<Int>, _ column: Int, _ start: Start
  ) {
    // Without the conditions, tiles that do not fit the registers would be compiled too.
    let tallest = V.tallestTile
    switch height {
    case 1: tiles(Tile1<V>.self, rows, column, start)
    case 2: tiles(Tile2<V>.self, rows, column, start)
    case 3: tiles(Tile3<V>.self, rows, column, start)
    case 4: tiles(Tile4<V>.self, rows, column, start)
    case 5: tiles(Tile5<V>.self, rows, column, start)
    case 6: tiles(Tile6<V>.self, rows, column, start)
    case 7 where tallest >= 7: tiles(Tile7<V>.self, rows, column, start)
    case 8 where tallest >= 8: tiles(Tile8<V>.self, rows, column, start)
    case 9 where tallest >= 9: tiles(Tile9<V>.self, rows, column, start)
    case 10 where tallest >= 10: tiles(Tile10<V>.self, rows, column, start)
    case 11 where tallest >= 11: tiles(Tile11<V>.self, rows, column, start)
    case 12 where tallest >= 12: tiles(Tile12<V>.self, rows, column, start)
    case 13 where tallest >= 13: tiles(Tile13<V>.self, rows, column, start)
    case 14 where tallest >= 14: tiles(Tile14<V>.self, rows, column, start)
    case 15 where tallest >= 15: tiles(Tile15<V>.self, rows, column, start)
    case 16 where tallest >= 16: tiles(Tile16<V>.self, rows, column, start)
    default: preconditionFailure("no tile has \(height) rows of \(V.width) columns")
    }
  }

  /// One tile after another: with a call per tile, short sums would take a tenth longer.
  @inline(never)
  private func tiles<T: Tile>(_: T.Type, _ rows: Range<Int>, _ column: Int, _ start: Start) {
    // Each panel prefetches its columns' share of the next operand, each tile its rows' share of
    // that.
    let ahead = b.next.map { $0.address + column * depth }
    let aheadRow = (T.V.width * depth + self.rows - 1) / self.rows
    var row = rows.lowerBound
    while row < rows.upperBound {
      if let ahead { prefetch(ahead + row * aheadRow, count: T.rows * aheadRow) }
      var sum = T()
      var left = a.base.address + row * a.row
      var right = b.base.address + column
      for _ in 0..<depth {
        sum.add(left, stride: a.row, times: T.V(at: right))
        left += a.step
        right += b.step
      }
      // The start is added last: a tile that waits for it at the beginning starts later.
      switch start {
      case .zero: break
      case .row(let bias):
        sum.add(T.V(at: bias.address + column))
      case .column(let numbers):
        sum.add(numbers: numbers.address + row)
      case .matrix(let matrix, let stride):
        sum.add(at: matrix.address + row * stride + column, stride: stride)
      case .matrixAndRow(let matrix, let stride, let bias):
        sum.add(at: matrix.address + row * stride + column, stride: stride)
        sum.add(T.V(at: bias.address + column))
      }
      if columns - column >= T.V.width {
        sum.store(at: c.address + row * cRow + column, stride: cRow)
      } else {
        storePart(sum, row, column)
      }
      row += T.rows
    }
  }

  /// Stores a tile that reaches past the last column; not inlined, to leave the registers to the
  /// loop.
  @inline(never)
  private func storePart<T: Tile>(_ sum: T, _ row: Int, _ column: Int) {
    sum.store(first: columns - column, at: c.address + row * cRow + column, stride: cRow)
  }
}
