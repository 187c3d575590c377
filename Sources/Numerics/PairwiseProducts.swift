// Kernel sums, nearest neighbours and coverage from the inner products of all pairs of two sets' points.

internal import Kernels

/// One thread's memory for the products of points of a dimension.
///
/// A panel of points is transposed into the core's cache and multiplied with all rows. Each block of
/// products is used while it is in the cache: the matrix of all pairs is never stored.
package struct PairwiseProducts: Sendable {
  /// Points of a panel, and rows that are multiplied with it at once: at 784 coordinates both fit in a
  /// second-level cache of 1 MB.
  private static let panel = 64
  private static let rows = 128

  private let dimension: Int
  private let memory: (panel: FloatMemory, norms: FloatMemory, products: FloatMemory)

  package init(dimension: Int) {
    self.dimension = dimension
    memory = (
      FloatMemory(count: dimension * PairwiseProducts.panel),
      FloatMemory(count: PairwiseProducts.panel),
      FloatMemory(count: PairwiseProducts.rows * PairwiseProducts.panel)
    )
  }

  /// A row's inner products with a panel.
  private struct Products {
    let row: Int
    /// The numbers of the panel's points.
    let others: Range<Int>
    let products: Floats
    /// |x|² of the row.
    let norm: Float
    /// |x|² of the panel's points.
    let norms: Floats

    /// |a - b|² = |a|² + |b|² - 2·a·b, and not below zero by rounding.
    @inline(__always) func squaredDistance(_ place: Int) -> Float {
      max(0, norm + norms[place] - 2 * products[place])
    }
  }

  @inline(__always)
  private func each(
    _ rows: PackedPoints, _ range: Range<Int>, _ points: PointSet, _ others: Range<Int>,
    _ body: (Products) -> Void
  ) {
    let (panel, products) = (memory.panel.all, memory.products.all)
    for start in stride(from: others.lowerBound, to: others.upperBound, by: PairwiseProducts.panel)
    {
      let part = start..<min(start + PairwiseProducts.panel, others.upperBound)
      for (place, point) in part.enumerated() {
        memory.norms.all[place] = points.copy(
          point, to: panel, from: place, step: PairwiseProducts.panel)
      }
      for first in stride(from: range.lowerBound, to: range.upperBound, by: PairwiseProducts.rows) {
        let chunk = first..<min(first + PairwiseProducts.rows, range.upperBound)
        matrixProduct(
          rows.rows(from: first), rows: chunk.count, depth: dimension, panel,
          columns: part.count, rowLength: PairwiseProducts.panel, into: products)
        for row in chunk {
          body(
            Products(
              row: row, others: part,
              products: products.slice((row - first) * PairwiseProducts.panel, part.count),
              norm: rows.squaredNorm(row), norms: memory.norms.all))
        }
      }
    }
  }

  /// Σ (a·b/dimension + 1)³ over the pairs of some rows and some points.
  package func cubicKernelSum(
    _ rows: PackedPoints, _ range: Range<Int>, _ points: PointSet, _ others: Range<Int>
  ) -> Double {
    var sum = 0.0
    let scale = 1 / Double(dimension)
    each(rows, range, points, others) { row in
      for place in 0..<row.others.count {
        let base = Double(row.products[place]) * scale + 1
        sum += base * base * base
      }
    }
    return sum
  }

  /// Updates every row's nearest neighbours with some points.
  package func offer(
    _ points: PointSet, _ others: Range<Int>, to rows: PackedPoints,
    _ neighbours: inout NearestNeighbours
  ) {
    each(rows, 0..<rows.count, points, others) { row in
      for place in 0..<row.others.count {
        neighbours.offer(
          row.others.lowerBound + place, at: row.squaredDistance(place), to: row.row)
      }
    }
  }

  /// Marks the rows that lie in the ball around any of some points.
  ///
  /// - Parameters:
  ///   - squaredRadii: of the balls around all points.
  ///   - isCovered: one value per row.
  package func cover(
    _ rows: PackedPoints, by points: PointSet, _ others: Range<Int>, squaredRadii: [Float],
    _ isCovered: inout [Bool]
  ) {
    each(rows, 0..<rows.count, points, others) { row in
      if isCovered[row.row] { return }
      for place in 0..<row.others.count
      where row.squaredDistance(place) <= squaredRadii[row.others.lowerBound + place] {
        isCovered[row.row] = true
        return
      }
    }
  }
}

/// The nearest points of each row among those seen so far.
package struct NearestNeighbours: Sendable {
  /// How many are kept per row.
  package let kept: Int
  /// [rows, kept], the nearest first; infinite where there are fewer.
  package private(set) var squaredDistances: [Float]
  /// [rows, kept]: the points' numbers.
  package private(set) var places: [Int]

  package init(rows: Int, kept: Int) {
    self.kept = kept
    squaredDistances = Array(repeating: .infinity, count: rows * kept)
    places = Array(repeating: .max, count: rows * kept)
  }

  /// Keeps a point if it is one of the nearest; of equally near ones the first.
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

  /// Adds what a search among other points found.
  package mutating func merge(_ other: NearestNeighbours) {
    for i in other.places.indices {
      offer(other.places[i], at: other.squaredDistances[i], to: i / kept)
    }
  }
}
