// Attention of heads of any depth, by four products a block of queries.

/// scores[key, query] = e^(k·q·scale - max) and perQuery = 1 / their sum. The queries are scaled by
/// log₂ e too, which makes e^x the cheaper 2^x.
private func probabilities(
  _ work: AttentionWorkspace, _ shape: AttentionShape, q: UnsafePointer<Float>,
  k: UnsafePointer<Float>,
  queries: Int
) {
  transposeTokens(
    q, shape, queries: queries, scale: shape.scale * Float.log2e, into: work.transposed)
  scores(work.scores, shape, of: k, against: work.transposed, queries: queries)
  vectorized(queries) { lane, _ in
    let column = work.scores + lane
    var peak = Lane(at: column)
    for token in 0..<shape.tokens {
      let score = Lane(at: column + token * AttentionShape.block)
      peak = peak.replacing(with: score, where: score .> peak)
    }
    var sum = Lane()
    for token in 0..<shape.tokens {
      let address = column + token * AttentionShape.block
      let weight = (Lane(at: address) - peak).atLeast(-126).powerOfTwo
      weight.store(at: address)
      sum += weight
    }
    (1 / sum).store(at: work.perQuery + lane)
  }
}

/// target[token, query] = rows[token]·columns[:, query].
private func scores(
  _ target: UnsafeMutablePointer<Float>, _ shape: AttentionShape,
  of rows: UnsafePointer<Float>, against columns: UnsafePointer<Float>, queries: Int
) {
  Product(
    rows: shape.tokens, columns: queries, depth: shape.depth,
    a: .init(base: rows, row: shape.rowLength, step: 1),
    b: .init(base: columns, step: AttentionShape.block), c: target, cRow: AttentionShape.block
  ).run(.zero)
}

/// target[r, query] = Σ_token rows[token, r]·weights[token, query].
private func gather(
  _ target: UnsafeMutablePointer<Float>, _ shape: AttentionShape,
  from rows: UnsafePointer<Float>, by weights: UnsafePointer<Float>, queries: Int
) {
  Product(
    rows: shape.depth, columns: queries, depth: shape.tokens,
    a: .init(base: rows, row: 1, step: shape.rowLength),
    b: .init(base: weights, step: AttentionShape.block), c: target, cRow: AttentionShape.block
  ).run(.zero)
}

/// `attentionForward` for any depth.
func wideAttentionForward(
  _ shape: AttentionShape, q: Floats, k: Floats, v: Floats, into y: Floats, scratch: Floats
) {
  let work = AttentionWorkspace(scratch, shape)
  for first in stride(from: 0, to: shape.tokens, by: AttentionShape.block) {
    let queries = min(AttentionShape.block, shape.tokens - first)
    probabilities(work, shape, q: q.base + first * shape.rowLength, k: k.base, queries: queries)
    gather(work.result, shape, from: v.base, by: work.scores, queries: queries)
    for query in 0..<queries {
      let row = y.base + (first + query) * shape.rowLength
      for r in 0..<shape.depth {
        row[r] = work.result[r * AttentionShape.block + query] * work.perQuery[query]
      }
    }
  }
}

/// `attentionBackward` for any depth.
///
/// With P the probabilities and dP = dy·vᵀ: dv = Pᵀ·dy, dS = P∘(dP - Σ_key P∘dP),
/// dq = dS·k·scale, dk = dSᵀ·q·scale. P is computed again: cheaper than keeping it.
func wideAttentionBackward(
  _ shape: AttentionShape, q: Floats, k: Floats, v: Floats, dy: Floats, addedTo dq: Floats,
  _ dk: Floats, _ dv: Floats, scratch: Floats
) {
  let work = AttentionWorkspace(scratch, shape)
  for first in stride(from: 0, to: shape.tokens, by: AttentionShape.block) {
    let queries = min(AttentionShape.block, shape.tokens - first)
    let offset = first * shape.rowLength
    probabilities(work, shape, q: q.base + offset, k: k.base, queries: queries)
    transposeTokens(dy.base + offset, shape, queries: queries, scale: 1, into: work.transposed)
    scores(work.gradients, shape, of: v.base, against: work.transposed, queries: queries)
    vectorized(queries) { lane, _ in
      let (weights, slopes) = (work.scores + lane, work.gradients + lane)
      let inverse = Lane(at: work.perQuery + lane)
      var mean = Lane()
      let rows = stride(
        from: 0, to: shape.tokens * AttentionShape.block, by: AttentionShape.block)
      for row in rows {
        let weight = Lane(at: weights + row) * inverse
        weight.store(at: weights + row)
        mean = mean.adding(weight, times: Lane(at: slopes + row))
      }
      for row in rows {
        let slope = Lane(at: weights + row) * (Lane(at: slopes + row) - mean) * shape.scale
        slope.store(at: slopes + row)
      }
    }
    scatterToTokens(
      work.values, shape, from: dy.base + offset, by: work.scores, queries: queries,
      isFirst: first == 0)
    scatterToTokens(
      work.keys, shape, from: q.base + offset, by: work.gradients, queries: queries,
      isFirst: first == 0)
    gather(work.result, shape, from: k.base, by: work.gradients, queries: queries)
    for query in 0..<queries {
      let row = dq.base + offset + query * shape.rowLength
      for r in 0..<shape.depth { row[r] += work.result[r * AttentionShape.block + query] }
    }
  }
  addTokens(work.keys, scale: 1, to: dk.base, shape)
  addTokens(work.values, scale: 1, to: dv.base, shape)
}
