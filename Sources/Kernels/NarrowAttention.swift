// Attention of heads of few channels: a vector of queries walks over the keys, all in registers.

/// One head whose channels are the rows of a tile `T`: a lane is a query.
///
/// Scores, softmax and their use are one loop over the keys, in which a score is never stored.
struct NarrowAttention<T: Tile> where T.V == Lane {
  let shape: AttentionShape
  let work: NarrowWorkspace

  init(_ shape: AttentionShape, _ scratch: Floats) {
    self.shape = shape
    work = NarrowWorkspace(scratch, shape)
  }

  /// Scores within ± this, in powers of two, need no shift: sums of their powers stay finite, and
  /// the smallest still counts.
  private static var safeScore: Float { 60 }

  /// The factor of the queries: 1/√depth, and log₂ e to make e^x the cheaper 2^x.
  var factor: Float { shape.scale * Float.log2e }

  func forward(_ q: Floats, _ k: Floats, _ v: Floats, _ y: Floats, _ statistics: Floats) {
    pack(k, v)
    let needsShift = factor * boundOfScores(q) > NarrowAttention.safeScore
    let grouped = whole(0..<shape.tokens)
    for first in stride(from: 0, to: shape.tokens, by: Lane.width) {
      let queries = min(Lane.width, shape.tokens - first)
      gather(q, first, queries, scale: factor, into: work.queries)
      let query = T(at: work.queries, stride: Lane.width)
      let shift = needsShift ? peak(query) : Lane()
      let start = Lane() - shift
      var (result, sum) = (T(), Lane())
      for key in stride(from: 0, to: grouped, by: Group.rows) {
        addValues(Group.self, key, query, start, to: &result, &sum)
      }
      for key in grouped..<shape.tokens {
        addValues(One<Lane>.self, key, query, start, to: &result, &sum)
      }
      (shift + sum.logarithm * Float.log2e).store(first: queries, at: statistics.base + first)
      result.store(at: work.result, stride: Lane.width)
      (1 / sum).store(at: work.perQuery)
      for i in 0..<queries {
        let row = y.base + (first + i) * shape.rowLength
        for r in 0..<shape.depth { row[r] = work.result[r * Lane.width + i] * work.perQuery[i] }
      }
    }
  }

  /// Keys that are worked on at a time, as long as there are as many: the score of one is a chain of
  /// dependent additions, too long to be hidden behind those of its neighbours only. Seven divide the
  /// tokens of MNIST's sizes, 196 and 49.
  typealias Group = Seven<Lane>

  /// The end of the whole groups of some keys.
  func whole(_ keys: Range<Int>) -> Int { keys.upperBound - keys.count % Group.rows }

  /// result += Σ_key e^score·value, for some keys; sum += Σ_key e^score.
  @inline(__always)
  private func addValues<Keys: Tile>(
    _: Keys.Type, _ key: Int, _ query: T, _ start: Lane, to result: inout T, _ sum: inout Lane
  ) where Keys.V == Lane {
    let step = 2 * shape.depth
    let keys = work.pairs + key * step
    var scores = Keys(repeating: start)
    query.multiply(keys, step: 1, stride: step, addedTo: &scores)
    let weights = scores.powerOfTwo
    weights.multiply(keys + shape.depth, step: step, stride: 1, addedTo: &result)
    sum += weights.sum
  }

  /// Copies the head's keys and values side by side. Where they come from, tokens lie so far apart
  /// that they would share a few of the first-level cache's sets.
  func pack(_ k: Floats, _ v: Floats) {
    for token in 0..<shape.tokens {
      let row = token * shape.rowLength
      let target = work.pairs + token * 2 * shape.depth
      // Whole vectors: what one of them spills over, the next covers.
      vectorized(shape.depth) { r, _ in Lane(at: k.base + row + r).store(at: target + r) }
      vectorized(shape.depth) { r, _ in
        Lane(at: v.base + row + r).store(at: target + shape.depth + r)
      }
    }
  }

  /// Σ_r max|q_r|·max|k_r|: no score is larger.
  private func boundOfScores(_ q: Floats) -> Float {
    var bound: Float = 0
    vectorized(shape.depth) { r, channels in
      let queries = largest(q.base + r, rowLength: shape.rowLength)
      let products = queries * largest(work.pairs + r, rowLength: 2 * shape.depth)
      for i in 0..<channels { bound += products[i] }
    }
    return bound
  }

  /// The largest size of each of a vector of channels over the tokens.
  private func largest(_ tokens: UnsafePointer<Float>, rowLength: Int) -> Lane {
    var largest = Lane()
    for token in 0..<shape.tokens {
      let row = Lane(at: tokens + token * rowLength)
      largest = largest.larger(row).larger(Lane() - row)
    }
    return largest
  }

  /// Each query's largest score.
  private func peak(_ query: T) -> Lane {
    var peak = query.dot(work.pairs, plus: Lane())
    for token in 1..<max(1, shape.tokens) {
      peak = peak.larger(query.dot(work.pairs + token * 2 * shape.depth, plus: Lane()))
    }
    return peak
  }

  /// Some tokens side by side, a row a channel; zeros beyond them.
  func gather(
    _ rows: Floats, _ first: Int, _ queries: Int, scale: Float,
    into columns: UnsafeMutablePointer<Float>
  ) {
    if queries < Lane.width { T().store(at: columns, stride: Lane.width) }
    for i in 0..<queries {
      let row = rows.base + (first + i) * shape.rowLength
      for r in 0..<shape.depth { columns[r * Lane.width + i] = row[r] * scale }
    }
  }
}
