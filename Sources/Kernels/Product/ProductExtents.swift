// The floats that a product reads and writes.

extension Product {
  /// In checked builds, stops with a message unless they lie in the operands: without the vectors
  /// past the last column, which may be read and never count.
  ///
  /// - Parameter terms: neighbouring elements of A that one row of B multiplies.
  @inline(__always)
  func requireExtents(_ start: Start, terms: Int) {
    #if CHECKED
      let call: StaticString = "a product"
      let counts = [rows, columns, segments, depth]
      if counts.contains(where: { $0 < 0 }) {
        stop("\(call): rows, columns, segments and depth are \(counts)")
      }
      c.require(rows: rows, columns, apart: cRow, "the result", call)
      switch start {
      case .zero: break
      case .row(let bias):
        bias.require([(rows, 0), (columns, 1)], "the start's row", call)
      case .column(let numbers):
        numbers.require([(rows, 1), (columns, 0)], "the start's column", call)
      case .matrix(let matrix, let stride):
        matrix.require(rows: rows, columns, apart: stride, "the start", call)
      case .matrixAndRow(let matrix, let stride, let bias):
        matrix.require(rows: rows, columns, apart: stride, "the start", call)
        bias.require([(rows, 0), (columns, 1)], "the start's row", call)
      }
      if rows == 0 || columns == 0 { return }
      a.base.require(
        [(segments, a.segment), (rows, a.row), (depth, a.step), (terms, 1)], "the left operand",
        call)
      b.base.require(
        [(segments, b.segment), (depth, b.step), (columns, 1)], "the right operand", call)
      b.next?.require(rows: depth, columns, apart: columns, "the next right operand", call)
    #endif
  }
}
