// Attention of heads of any depth, by four products a block of queries.

extension AttentionShape {
  /// Queries side by side in a block's vectors.
  fileprivate static var block: Int { Pair.width }
}

/// Scratch memory of one block, cut into its parts.
struct WideWorkspace {
  /// [tokens, block]: scores, then probabilities.
  let scores: UnsafeMutablePointer<Float>
  /// [tokens, block]: the scores' gradient.
  let gradients: UnsafeMutablePointer<Float>
  /// [depth, block]: a transposed block of queries or of the result's gradient.
  let transposed: UnsafeMutablePointer<Float>
  /// [depth, block]: a transposed result.
  let result: UnsafeMutablePointer<Float>
  /// [block]: one number a query.
  let perQuery: UnsafeMutablePointer<Float>
  /// [tokens, paddedDepth] each: the gradients of keys and values. Whole vectors, because storing
  /// a part of one takes longer than the sum it holds.
  let keys: UnsafeMutablePointer<Float>
  let values: UnsafeMutablePointer<Float>

  init(_ scratch: Floats, _ shape: AttentionShape) {
    let (scoreCount, queryCount) = (
      shape.tokens * AttentionShape.block, shape.depth * AttentionShape.block
    )
    scores = scratch.base
    gradients = scores + scoreCount
    transposed = gradients + scoreCount
    result = transposed + queryCount
    perQuery = result + queryCount
    keys = perQuery + AttentionShape.block
    values = keys + shape.tokens * shape.paddedDepth
  }

  /// Floats of the whole.
  static func count(_ shape: AttentionShape) -> Int {
    (2 * (shape.tokens + shape.depth) + 1) * AttentionShape.block
      + 2 * shape.tokens * shape.paddedDepth
  }
}

/// Copies a block of token rows into columns, scaled.
private func transposeTokens(
  _ rows: UnsafePointer<Float>, _ shape: AttentionShape, queries: Int, scale: Float,
  into columns: UnsafeMutablePointer<Float>
) {
  for query in 0..<queries {
    let row = rows + query * shape.rowLength
    for r in 0..<shape.depth { columns[r * AttentionShape.block + query] = row[r] * scale }
  }
}

/// target[token, r] += Σ_query weights[token, query]·rows[query, r], from zero in the first block.
private func scatterToTokens(
  _ target: UnsafeMutablePointer<Float>, _ shape: AttentionShape,
  from rows: UnsafePointer<Float>, by weights: UnsafePointer<Float>, queries: Int, isFirst: Bool
) {
  Product(
    rows: shape.tokens, columns: shape.paddedDepth, depth: queries,
    a: .init(base: weights, row: AttentionShape.block, step: 1),
    b: .init(base: rows, step: shape.rowLength), c: target, cRow: shape.paddedDepth
  ).run(isFirst ? .zero : .matrix(target, stride: shape.paddedDepth))
}

/// rows[token, r] += scale·whole[token, r]: from whole vectors to a head's channels.
private func addTokens(
  _ whole: UnsafePointer<Float>, scale: Float, to rows: UnsafeMutablePointer<Float>,
  _ shape: AttentionShape
) {
  for token in 0..<shape.tokens {
    let (from, to) = (token * shape.paddedDepth, token * shape.rowLength)
    for r in 0..<shape.depth { rows[to + r] += scale * whole[from + r] }
  }
}

/// scores[key, query] = e^(k·q·scale - max) and perQuery = 1 / their sum. The queries are scaled by
/// log₂ e too, which makes e^x the cheaper 2^x.
private func probabilities(
  _ work: WideWorkspace, _ shape: AttentionShape, q: UnsafePointer<Float>,
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
      peak = peak.larger(Lane(at: column + token * AttentionShape.block))
    }
    var sum = Lane()
    for token in 0..<shape.tokens {
      let address = column + token * AttentionShape.block
      let weight = (Lane(at: address) - peak).powerOfTwo
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
  let work = WideWorkspace(scratch, shape)
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
  let work = WideWorkspace(scratch, shape)
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
