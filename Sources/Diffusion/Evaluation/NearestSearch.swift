// The nearest of many vectors, searched for on all cores.

internal import Autograd
internal import Numerics

/// Vectors that a worker looks through at a time.
private let searchLength = 512

/// How many searches look through all of the vectors.
func searches(of vectors: PointSet) -> Int {
  (vectors.count + searchLength - 1) / searchLength
}

/// The vectors that a search looks through.
func searched(_ search: Int, of vectors: PointSet) -> Range<Int> {
  search * searchLength..<min((search + 1) * searchLength, vectors.count)
}

/// The `kept` vectors nearest to each of some others.
func nearest(
  _ kept: Int, of queries: PointSet, among vectors: PointSet, threads: Int
) -> NearestNeighbours {
  let rows = PackedPoints(queries)
  let none = NearestNeighbours(rows: rows.count, kept: kept)
  let found = (0..<threads).map { _ in SharedValue(none) }
  let memory = (0..<threads).map { _ in PairwiseProducts(dimension: vectors.dimension) }
  Workers(count: threads).each(searches(of: vectors)) { search, worker in
    memory[worker].offer(
      vectors, searched(search, of: vectors), to: rows, &found[worker].value)
  }
  return found.dropFirst().reduce(into: found[0].value) { $0.merge($1.value) }
}
