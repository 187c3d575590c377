// Matrix products.

extension Reference {
  /// a·b of an [n, k] and a [k, m] matrix, with n and m from the arrays' sizes.
  package static func product(_ a: [Double], _ b: [Double], depth: Int) -> [Double] {
    let (rows, columns) = (a.count / depth, b.count / depth)
    var c = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for k in 0..<depth {
        for column in 0..<columns {
          c[row * columns + column] += a[row * depth + k] * b[k * columns + column]
        }
      }
    }
    return c
  }

  /// The transpose of a matrix of `columns` columns.
  package static func transpose(_ a: [Double], columns: Int) -> [Double] {
    let rows = a.count / columns
    return (0..<a.count).map { a[$0 % rows * columns + $0 / rows] }
  }
}
