// A table of one learned row per class.

/// Adds to x the row of its image's class.
package struct Embedding: Sendable {
  private let name: String
  private let table: Parameter
  private let columns: Int

  package init(_ name: String, rows: Int, columns: Int, in layout: inout ParameterLayout) {
    self.name = name
    self.columns = columns
    table = layout.add("\(name).weight", .table(rows: rows, columns: columns), .normal)
  }

  /// x[n] + table[classes[n]].
  ///
  /// - Parameters:
  ///   - x: [N, 1, 1, columns].
  ///   - classes: [N, 1, 1, 1], class numbers as floats.
  package func callAsFunction(_ x: Tensor, classes: Tensor, on tape: Tape) -> Tensor {
    x.require(Shape(channels: columns), "\(name): input")
    classes.require(Shape(channels: 1), "\(name): class numbers")
    return tape.record(
      LookupOperation(table: table, x: x, classes: classes, y: tape.tensor(x.shape)))
  }
}
