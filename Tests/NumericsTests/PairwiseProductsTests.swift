// Nearest neighbours, coverage and kernel sums against all pairs in Double.

import Numerics
import TestSupport
import Testing

/// Two sets that need several panels and chunks of rows, with remainders.
private struct Sets {
  static let dimension = 5
  let queries: [Float]
  let others: [Float]

  init(queries: Int = 131, others: Int = 200) {
    self.queries = eighths(queries * Sets.dimension, seed: 1)
    self.others = eighths(others * Sets.dimension, seed: 2)
  }

  func vectors(_ values: [Float]) -> PointSet {
    PointSet(.floats(values), dimension: Sets.dimension)
  }

  /// |q - o|² of all pairs, [queries, others].
  var squaredDistances: [[Double]] {
    rows(queries).map { q in
      rows(others).map { o in zip(q, o).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    }
  }

  func rows(_ values: [Float]) -> [[Double]] {
    stride(from: 0, to: values.count, by: Sets.dimension).map {
      values[$0..<$0 + Sets.dimension].doubles
    }
  }
}

/// A new one for each use: tests run concurrently, and a `PairwiseProducts` belongs to one thread.
private var pairs: PairwiseProducts { PairwiseProducts(dimension: Sets.dimension) }

@Test(arguments: [1, 4])
func theNearestAreFoundInAnyOrderOfSearching(kept: Int) {
  let sets = Sets()
  let rows = PackedPoints(sets.vectors(sets.queries))
  // Eighths repeat their distances, so that the order of equally near ones matters.
  let expected = sets.squaredDistances.map { distances in
    distances.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
      .prefix(kept)
  }
  for ranges in [[0..<200], [150..<200, 0..<1, 1..<150]] {
    var (first, second) = (
      NearestNeighbours(rows: rows.count, kept: kept),
      NearestNeighbours(rows: rows.count, kept: kept)
    )
    for (i, range) in ranges.enumerated() {
      if i == 1 {
        pairs.offer(sets.vectors(sets.others), range, to: rows, &second)
      } else {
        pairs.offer(sets.vectors(sets.others), range, to: rows, &first)
      }
    }
    first.merge(second)
    #expect(first.places == expected.flatMap { $0.map(\.offset) })
    // Sums of eighths are exact.
    #expect(first.squaredDistances.doubles == expected.flatMap { $0.map(\.element) })
  }
}

@Test func fewerVectorsThanNeighboursLeaveInfinities() {
  let sets = Sets(queries: 1, others: 1)
  var neighbours = NearestNeighbours(rows: 1, kept: 2)
  pairs.offer(
    sets.vectors(sets.others), 0..<1, to: PackedPoints(sets.vectors(sets.queries)), &neighbours)
  #expect(neighbours.places[0] == 0 && neighbours.squaredDistances[1] == .infinity)
}

@Test func rowsInAnyBallAreCovered() {
  let sets = Sets()
  let radii = uniform(200, seed: 3).map { max(0, 1.2 * $0) }
  let rows = PackedPoints(sets.vectors(sets.queries))
  let expected = sets.squaredDistances.map { zip($0, radii).contains { $0 <= Double($1) } }
  #expect(expected.contains(true) && expected.contains(false))
  var covered = [Bool](repeating: false, count: rows.count)
  for range in [0..<70, 70..<200] {
    pairs.cover(
      rows, by: sets.vectors(sets.others), range, squaredRadii: radii, &covered)
  }
  #expect(covered == expected)
}

@Test(arguments: [(0..<131, 0..<200), (3..<130, 60..<193), (7..<8, 64..<65)])
func theCubicKernelIsSummed(range: Range<Int>, others: Range<Int>) {
  let sets = Sets()
  var expected = 0.0
  for q in sets.rows(sets.queries)[range] {
    for o in sets.rows(sets.others)[others] {
      let base = zip(q, o).reduce(0) { $0 + $1.0 * $1.1 } / Double(Sets.dimension) + 1
      expected += base * base * base
    }
  }
  let sum = pairs.cubicKernelSum(
    PackedPoints(sets.vectors(sets.queries)), range, sets.vectors(sets.others), others)
  #expect(abs(sum / expected - 1) < 1e-12)
}

@Test func bytesStandForSharesOf255() {
  let dark = PointSet(.bytes([0, 255, 51]), dimension: 3)
  let light = PointSet(.bytes([255, 255, 0, 0, 255, 102]), dimension: 3)
  #expect(light.count == 2)
  #expect(abs(dark.squaredDistance(0, to: light, 0) - 1.04) < 1e-15)
  #expect(abs(dark.squaredDistance(0, to: light, 1) - 0.04) < 1e-15)
  var found = NearestNeighbours(rows: 1, kept: 2)
  PairwiseProducts(dimension: 3).offer(light, 0..<2, to: PackedPoints(dark), &found)
  #expect(found.places == [1, 0])
  expectClose(found.squaredDistances, [0.04, 1.04], absolute: 1e-6, relative: 0)
  #expect(abs(PackedPoints(light).squaredNorm(1) - 1.16) < 1e-6)
}
