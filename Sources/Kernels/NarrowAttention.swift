// Attention of heads of few channels: a vector of queries walks over the keys, all in registers.

/// One head whose channels are the rows of a tile `T`: a lane is a query.
///
/// Scores, softmax and their use are one loop over the keys, in which a score is never stored.
struct NarrowAttention<T: Tile> where T.V == Lane {
  private let shape: AttentionShape
  private let work: AttentionWorkspace

  init(_ shape: AttentionShape, _ scratch: Floats) {
    self.shape = shape
    work = AttentionWorkspace(scratch, shape)
  }

  /// Scores within ± this, in powers of two, need no shift: sums of their powers stay finite, and
  /// the smallest still counts.
  private static var safeScore: Float { 60 }

  /// The factor of the queries: 1/√depth, and log₂ e to make e^x the cheaper 2^x.
  private var factor: Float { shape.scale * Float.log2e }

  // MARK: Forward

  func forward(_ q: Floats, _ k: Floats, _ v: Floats, _ y: Floats, _ statistics: Floats) {
    let needsShift = factor * boundOfScores(q.base, k.base) > NarrowAttention.safeScore
    for first in stride(from: 0, to: shape.tokens, by: Lane.width) {
      let queries = min(Lane.width, shape.tokens - first)
      let query = columns(q.base, first, queries, scale: factor, in: work.transposed)
      let shift = needsShift ? peak(query, k.base) : Lane()
      let start = Lane() - shift
      var (result, sum) = (T(), Lane())
      var (key, value) = (UnsafePointer(k.base), UnsafePointer(v.base))
      for _ in 0..<shape.tokens {
        let weight = query.dot(key, plus: start).atLeast(-126).powerOfTwo
        result.add(value, stride: 1, times: weight)
        sum += weight
        key += shape.rowLength
        value += shape.rowLength
      }
      result.store(at: work.result, stride: AttentionShape.block)
      (1 / sum).store(at: work.perQuery)
      let logarithm = shift + sum.logarithm * Float.log2e
      logarithm.store(first: queries, at: statistics.base + first)
      for i in 0..<queries {
        let row = y.base + (first + i) * shape.rowLength
        for r in 0..<shape.depth {
          row[r] = work.result[r * AttentionShape.block + i] * work.perQuery[i]
        }
      }
    }
  }

  /// Σ_r max|q_r|·max|k_r|: no score is larger.
  private func boundOfScores(_ q: UnsafePointer<Float>, _ k: UnsafePointer<Float>) -> Float {
    var bound: Float = 0
    vectorized(shape.depth) { r, channels in
      let products = largest(q + r) * largest(k + r)
      for i in 0..<channels { bound += products[i] }
    }
    return bound
  }

  /// The largest size of each of a vector of channels over the tokens.
  private func largest(_ tokens: UnsafePointer<Float>) -> Lane {
    var largest = Lane()
    for token in 0..<shape.tokens {
      let row = Lane(at: tokens + token * shape.rowLength)
      let size = row.replacing(with: Lane() - row, where: row .< 0)
      largest = largest.replacing(with: size, where: size .> largest)
    }
    return largest
  }

  /// Each query's largest score.
  private func peak(_ query: T, _ k: UnsafePointer<Float>) -> Lane {
    var peak = query.dot(k, plus: Lane())
    for token in 1..<max(1, shape.tokens) {
      let score = query.dot(k + token * shape.rowLength, plus: Lane())
      peak = peak.replacing(with: score, where: score .> peak)
    }
    return peak
  }

  /// Some tokens side by side, a row a channel.
  private func columns(
    _ rows: UnsafePointer<Float>, _ first: Int, _ queries: Int, scale: Float,
    in memory: UnsafeMutablePointer<Float>
  ) -> T {
    transposeTokens(
      rows + first * shape.rowLength, shape, queries: queries, scale: scale, into: memory)
    return T(at: memory, stride: AttentionShape.block)
  }

  // MARK: Backward

  /// With P the probabilities, dP = dy·vᵀ and D = Σ_key P∘dP = dy·y: dv = Pᵀ·dy,
  /// dS = P∘(dP - D)/√depth, dq = dS·k, dk = dSᵀ·q. P is computed again: cheaper than keeping it.
  func backward(
    _ inputs: (q: Floats, k: Floats, v: Floats, y: Floats, statistics: Floats, dy: Floats),
    _ targets: (dq: Floats, dk: Floats, dv: Floats)
  ) {
    for first in stride(from: 0, to: shape.tokens, by: AttentionShape.block) {
      let end = min(shape.tokens, first + AttentionShape.block)
      for start in stride(from: first, to: end, by: Lane.width) {
        let queries = min(Lane.width, end - start)
        walk(inputs, start, queries, column: start - first, addedTo: targets.dq.base)
      }
      let offset = first * shape.rowLength
      scatterToTokens(
        work.values, shape, from: inputs.dy.base + offset, by: work.scores,
        queries: end - first, isFirst: first == 0)
      scatterToTokens(
        work.keys, shape, from: inputs.q.base + offset, by: work.gradients,
        queries: end - first, isFirst: first == 0)
    }
    addTokens(work.keys, scale: shape.scale, to: targets.dk.base, shape)
    addTokens(work.values, scale: 1, to: targets.dv.base, shape)
  }

  /// One vector of queries over all keys: writes P and (dP - D)∘P from a column on, adds to dq.
  private func walk(
    _ inputs: (q: Floats, k: Floats, v: Floats, y: Floats, statistics: Floats, dy: Floats),
    _ first: Int, _ queries: Int, column: Int, addedTo dq: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<queries {
      let row = (first + i) * shape.rowLength
      var sum: Float = 0
      for r in 0..<shape.depth { sum -= inputs.dy.base[row + r] * inputs.y.base[row + r] }
      work.perQuery[i] = sum
    }
    let query = columns(inputs.q.base, first, queries, scale: factor, in: work.transposed)
    let gradient = columns(inputs.dy.base, first, queries, scale: 1, in: work.result)
    let start = Lane() - Lane(at: inputs.statistics.base + first)
    let opposite = Lane(at: work.perQuery)
    var result = T()
    var (key, value) = (UnsafePointer(inputs.k.base), UnsafePointer(inputs.v.base))
    var (weights, slopes) = (work.scores + column, work.gradients + column)
    for _ in 0..<shape.tokens {
      let weight = query.dot(key, plus: start).atLeast(-126).powerOfTwo
      let slope = weight * gradient.dot(value, plus: opposite)
      weight.store(at: weights)
      slope.store(at: slopes)
      result.add(key, stride: 1, times: slope)
      key += shape.rowLength
      value += shape.rowLength
      weights += AttentionShape.block
      slopes += AttentionShape.block
    }
    result.store(at: work.result, stride: AttentionShape.block)
    for i in 0..<queries {
      let row = dq + (first + i) * shape.rowLength
      for r in 0..<shape.depth {
        row[r] += work.result[r * AttentionShape.block + i] * shape.scale
      }
    }
  }
}
