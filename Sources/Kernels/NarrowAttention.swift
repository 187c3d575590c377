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
  private var factor: Float { shape.scale * Float.log2e }

  // MARK: Forward

  func forward(_ q: Floats, _ k: Floats, _ v: Floats, _ y: Floats, _ statistics: Floats) {
    pack(k, v)
    let needsShift = factor * boundOfScores(q) > NarrowAttention.safeScore
    for first in stride(from: 0, to: shape.tokens, by: Lane.width) {
      let queries = min(Lane.width, shape.tokens - first)
      gather(q, first, queries, scale: factor, into: work.queries)
      let query = T(at: work.queries, stride: Lane.width)
      let shift = needsShift ? peak(query) : Lane()
      let start = Lane() - shift
      var (result, sum) = (T(), Lane())
      var key = work.pairs
      for _ in 0..<shape.tokens {
        let weight = query.dot(key, plus: start).powerOfTwo
        result.add(key + shape.depth, stride: 1, times: weight)
        sum += weight
        key += 2 * shape.depth
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

  /// Copies the head's keys and values side by side. Where they come from, tokens lie so far apart
  /// that they would share a few of the first-level cache's sets.
  private func pack(_ k: Floats, _ v: Floats) {
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
  private func gather(
    _ rows: Floats, _ first: Int, _ queries: Int, scale: Float,
    into columns: UnsafeMutablePointer<Float>
  ) {
    if queries < Lane.width { T().store(at: columns, stride: Lane.width) }
    for i in 0..<queries {
      let row = rows.base + (first + i) * shape.rowLength
      for r in 0..<shape.depth { columns[r * Lane.width + i] = row[r] * scale }
    }
  }

  // MARK: Backward

  /// With P the probabilities, dP = dy·vᵀ and D = Σ_key P∘dP = dy·y: dv = Pᵀ·dy,
  /// dS = P∘(dP - D)/√depth, dq = dS·k, dk = dSᵀ·q. P is computed again: cheaper than keeping it.
  func backward(
    _ inputs: (q: Floats, k: Floats, v: Floats, y: Floats, statistics: Floats, dy: Floats),
    _ targets: (dq: Floats, dk: Floats, dv: Floats)
  ) {
    pack(inputs.k, inputs.v)
    clearSums()
    for first in stride(from: 0, to: shape.tokens, by: Lane.width) {
      let queries = min(Lane.width, shape.tokens - first)
      gather(inputs.q, first, queries, scale: factor, into: work.queries)
      gather(inputs.dy, first, queries, scale: 1, into: work.gradients)
      subtractProjections(inputs.dy, inputs.y, first, queries)
      walk(inputs.statistics.base + first, queries)
      for i in 0..<queries {
        let row = targets.dq.base + (first + i) * shape.rowLength
        for r in 0..<shape.depth { row[r] += work.result[r * Lane.width + i] * shape.scale }
      }
      scatter(work.weights, work.gradients, into: work.valueSums)
      scatter(work.slopes, work.queries, into: work.keySums)
    }
    addSums(work.valueSums, scale: 1, to: targets.dv)
    // The queries that were summed carry log₂ e.
    addSums(work.keySums, scale: 1 / Float.log2e, to: targets.dk)
  }

  /// perQuery = -D.
  private func subtractProjections(_ dy: Floats, _ y: Floats, _ first: Int, _ queries: Int) {
    Lane().store(at: work.perQuery)
    for i in 0..<queries {
      let row = (first + i) * shape.rowLength
      for r in 0..<shape.depth { work.perQuery[i] -= dy.base[row + r] * y.base[row + r] }
    }
  }

  /// One vector of queries over all keys: writes P and P∘(dP - D), a row a key, and dq·√depth.
  private func walk(_ statistics: UnsafePointer<Float>, _ queries: Int) {
    let query = T(at: work.queries, stride: Lane.width)
    let gradient = T(at: work.gradients, stride: Lane.width)
    var start = Lane() - Lane(at: statistics)
    // What is read behind the last query may be anything; its weights must be numbers.
    for i in queries..<Lane.width { start[i] = -126 }
    let opposite = Lane(at: work.perQuery)
    var result = T()
    var (key, place) = (work.pairs, 0)
    for _ in 0..<shape.tokens {
      let weight = query.dot(key, plus: start).powerOfTwo
      let slope = weight * gradient.dot(key + shape.depth, plus: opposite)
      weight.store(at: work.weights + place)
      slope.store(at: work.slopes + place)
      result.add(key, stride: 1, times: slope)
      key += 2 * shape.depth
      place += Lane.width
    }
    result.store(at: work.result, stride: Lane.width)
  }
}
