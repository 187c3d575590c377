// All pairs of two sets of vectors, a tile at a time, through the one matrix product.

/// One thread's memory for comparing vectors of a dimension.
///
/// A panel of vectors is transposed into the core's cache and multiplied with all rows; what is
/// wanted of each inner product is computed while the tile is still there, so that no matrix of all
/// pairs is ever stored.
package struct Pairs: Sendable {
  /// Vectors of a panel and rows that are multiplied with it at once: with 784 numbers a vector both
  /// fit a second-level cache of 1 MB.
  private static let panel = 64
  private static let rows = 128

  private let dimension: Int
  private let memory: (panel: FloatMemory, norms: FloatMemory, products: FloatMemory)

  package init(dimension: Int) {
    self.dimension = dimension
    memory = (
      FloatMemory(count: dimension * Pairs.panel), FloatMemory(count: Pairs.panel),
      FloatMemory(count: Pairs.rows * Pairs.panel)
    )
  }

  /// A row's inner products with a panel.
  private struct Products {
    let row: Int
    /// The panel's vectors.
    let others: Range<Int>
    let products: UnsafePointer<Float>
    /// Σ x² of the row.
    let norm: Float
    /// Σ x² of the panel's vectors.
    let norms: UnsafePointer<Float>

    /// |a - b|² = |a|² + |b|² - 2·a·b, and not below zero by rounding.
    @inline(__always) func squaredDistance(_ place: Int) -> Float {
      max(0, norm + norms[place] - 2 * products[place])
    }
  }

  @inline(__always)
  private func each(
    _ rows: VectorRows, _ range: Range<Int>, _ vectors: Vectors, _ others: Range<Int>,
    _ body: (Products) -> Void
  ) {
    let (panel, products) = (memory.panel.all.base, memory.products.all.base)
    for start in stride(from: others.lowerBound, to: others.upperBound, by: Pairs.panel) {
      let part = start..<min(start + Pairs.panel, others.upperBound)
      for (place, vector) in part.enumerated() {
        memory.norms.all[place] = vectors.copy(vector, to: panel + place, step: Pairs.panel)
      }
      for first in stride(from: range.lowerBound, to: range.upperBound, by: Pairs.rows) {
        let chunk = first..<min(first + Pairs.rows, range.upperBound)
        Product(
          rows: chunk.count, columns: part.count, depth: dimension,
          a: .init(base: rows.row(first), row: dimension, step: 1),
          b: .init(base: panel, step: Pairs.panel), c: products, cRow: Pairs.panel
        ).run(.zero)
        for row in chunk {
          body(
            Products(
              row: row, others: part, products: products + (row - first) * Pairs.panel,
              norm: rows.squaredNorm(row), norms: UnsafePointer(memory.norms.all.base)))
        }
      }
    }
  }

  /// Σ (a·b/dimension + 1)³ over the pairs of some rows and some vectors.
  package func cubicKernelSum(
    _ rows: VectorRows, _ range: Range<Int>, _ vectors: Vectors, _ others: Range<Int>
  ) -> Double {
    var sum = 0.0
    let scale = 1 / Double(dimension)
    each(rows, range, vectors, others) { row in
      for place in 0..<row.others.count {
        let base = Double(row.products[place]) * scale + 1
        sum += base * base * base
      }
    }
    return sum
  }

  /// Offers some vectors to the neighbours of all rows.
  package func offer(
    _ vectors: Vectors, _ others: Range<Int>, to rows: VectorRows, _ neighbours: inout Neighbours
  ) {
    each(rows, 0..<rows.count, vectors, others) { row in
      for place in 0..<row.others.count {
        neighbours.offer(
          row.others.lowerBound + place, at: row.squaredDistance(place), to: row.row)
      }
    }
  }

  /// Marks the rows that lie in the ball around one of some vectors.
  ///
  /// - Parameters:
  ///   - squaredRadii: of the balls around all vectors.
  ///   - isCovered: one a row.
  package func cover(
    _ rows: VectorRows, by vectors: Vectors, _ others: Range<Int>, squaredRadii: [Float],
    _ isCovered: inout [Bool]
  ) {
    each(rows, 0..<rows.count, vectors, others) { row in
      if isCovered[row.row] { return }
      for place in 0..<row.others.count
      where row.squaredDistance(place) <= squaredRadii[row.others.lowerBound + place] {
        isCovered[row.row] = true
        return
      }
    }
  }
}

/// The nearest vectors of each of some rows, found so far.
package struct Neighbours: Sendable {
  /// How many are kept a row.
  package let kept: Int
  /// [rows, kept], the nearest first; infinite where there are fewer.
  package private(set) var squaredDistances: [Float]
  /// [rows, kept]: the vectors' places.
  package private(set) var places: [Int]

  package init(rows: Int, kept: Int) {
    self.kept = kept
    squaredDistances = Array(repeating: .infinity, count: rows * kept)
    places = Array(repeating: .max, count: rows * kept)
  }

  /// Keeps a vector if it is one of the nearest; of equally near ones the first.
  @inline(__always)
  mutating func offer(_ place: Int, at squaredDistance: Float, to row: Int) {
    let (first, last) = (row * kept, row * kept + kept - 1)
    if squaredDistance <= squaredDistances[last] {
      insert(place, at: squaredDistance, first, last)
    }
  }

  private mutating func insert(
    _ place: Int, at squaredDistance: Float, _ first: Int, _ last: Int
  ) {
    func isBefore(_ i: Int) -> Bool {
      (squaredDistance, place) < (squaredDistances[i], places[i])
    }
    guard isBefore(last) else { return }
    var i = last
    while i > first && isBefore(i - 1) {
      (squaredDistances[i], places[i]) = (squaredDistances[i - 1], places[i - 1])
      i -= 1
    }
    (squaredDistances[i], places[i]) = (squaredDistance, place)
  }

  /// Takes over what another search of other vectors found.
  package mutating func merge(_ other: Neighbours) {
    for i in other.places.indices {
      offer(other.places[i], at: other.squaredDistances[i], to: i / kept)
    }
  }
}
