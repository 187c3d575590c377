// Every size of a product's tiles, exactly.

import Kernels
import TestSupport
import Testing

/// One term, and enough of them to notice a wrong step; every height and width of a tile.
@Test(arguments: [1, 7])
func everyTileIsTheProductAndNothingOutsideIsWritten(depth: Int) {
  let (rows, widest) = (40, 130)
  let x = eighths(rows * depth, seed: 1)
  let weights = eighths(depth * widest, seed: 2)
  let product = Reference.product(x.doubles, weights.doubles, depth: depth).map(Float.init)
  let (guardedX, zeros) = (Guarded(x), Guarded([Float](repeating: 0, count: widest)))
  for columns in 1...widest {
    let narrow = weights.indices.filter { $0 % widest < columns }.map { weights[$0] }
    let expected = product.indices.filter { $0 % widest < columns }.map { product[$0] }
    let guardedWeights = Guarded(narrow)
    for rows in 1...rows {
      let y = Guarded(count: rows * columns)
      productForward(
        guardedX.floats, rows: rows, inputs: depth, weights: guardedWeights.floats,
        bias: zeros.floats, residual: .none, into: y.floats, outputs: columns)
      guard y.values() == Array(expected.prefix(rows * columns)) else {
        Issue.record("\(rows) x \(depth) by \(depth) x \(columns)")
        return
      }
    }
  }
}
