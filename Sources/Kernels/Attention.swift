// Softmax attention of one head of one image, a block of queries at a time: never a whole matrix.

/// The geometry of one head's attention.
package struct AttentionShape: Hashable, Sendable {
  package var tokens: Int
  /// Channels of the head.
  package var depth: Int
  /// Floats from one token to the next in queries, keys, values and result.
  package var rowLength: Int

  package init(tokens: Int, depth: Int, rowLength: Int) {
    self.tokens = tokens
    self.depth = depth
    self.rowLength = rowLength
  }

  /// The factor of Vaswani et al. 2017: 1/√depth.
  var scale: Float { 1 / Float(depth).squareRoot() }

  /// Queries side by side in a block's vectors.
  static var block: Int { Pair.width }

  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int {
    2 * (tokens + depth + 1) * AttentionShape.block + 2 * tokens * paddedDepth
  }

  /// The head's channels rounded up to whole vectors.
  var paddedDepth: Int { (depth + Lane.width - 1) / Lane.width * Lane.width }
}

/// Scratch memory of one block, cut into its parts.
private struct Workspace {
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
    keys = perQuery + 2 * AttentionShape.block
    values = keys + shape.tokens * shape.paddedDepth
  }
}

/// Copies a block of token rows into columns, scaled.
private func transpose(
  _ rows: UnsafePointer<Float>, _ shape: AttentionShape, queries: Int, scale: Float,
  into columns: UnsafeMutablePointer<Float>
) {
  for query in 0..<queries {
    let row = rows + query * shape.rowLength
    for r in 0..<shape.depth { columns[r * AttentionShape.block + query] = row[r] * scale }
  }
}

/// scores[key, query] = e^(k·q·scale - max) and perQuery = 1 / their sum. The queries are scaled by
/// log₂ e too, which makes e^x the cheaper 2^x.
private func probabilities(
  _ work: Workspace, _ shape: AttentionShape, q: UnsafePointer<Float>, k: UnsafePointer<Float>,
  queries: Int
) {
  transpose(
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

/// target[token, r] += Σ_query weights[token, query]·rows[query, r], from zero in the first block.
private func scatter(
  _ target: UnsafeMutablePointer<Float>, _ shape: AttentionShape,
  from rows: UnsafePointer<Float>, by weights: UnsafePointer<Float>, queries: Int, isFirst: Bool
) {
  Product(
    rows: shape.tokens, columns: shape.paddedDepth, depth: queries,
    a: .init(base: weights, row: AttentionShape.block, step: 1),
    b: .init(base: rows, step: shape.rowLength), c: target, cRow: shape.paddedDepth
  ).run(isFirst ? .zero : .matrix(target, stride: shape.paddedDepth))
}

/// y = softmax(q·kᵀ/√depth)·v for one head of one image (Vaswani et al. 2017, Eq. 1).
///
/// - Parameters:
///   - q: the head's first channel of the first token; tokens are `rowLength` apart. So k, v, y.
///   - scratch: `scratchCount` floats.
package func attentionForward(
  _ shape: AttentionShape, q: Floats, k: Floats, v: Floats, into y: Floats, scratch: Floats
) {
  let work = Workspace(scratch, shape)
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

/// Gradients of `attentionForward`, added to dq, dk and dv.
///
/// With P the probabilities and dP = dy·vᵀ: dv = Pᵀ·dy, dS = P∘(dP - Σ_key P∘dP),
/// dq = dS·k·scale, dk = dSᵀ·q·scale. P is computed again: cheaper than keeping it.
package func attentionBackward(
  _ shape: AttentionShape, q: Floats, k: Floats, v: Floats, dy: Floats, addedTo dq: Floats,
  _ dk: Floats, _ dv: Floats, scratch: Floats
) {
  let work = Workspace(scratch, shape)
  for first in stride(from: 0, to: shape.tokens, by: AttentionShape.block) {
    let queries = min(AttentionShape.block, shape.tokens - first)
    let offset = first * shape.rowLength
    probabilities(work, shape, q: q.base + offset, k: k.base, queries: queries)
    transpose(dy.base + offset, shape, queries: queries, scale: 1, into: work.transposed)
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
    scatter(
      work.values, shape, from: dy.base + offset, by: work.scores, queries: queries,
      isFirst: first == 0)
    scatter(
      work.keys, shape, from: q.base + offset, by: work.gradients, queries: queries,
      isFirst: first == 0)
    gather(work.result, shape, from: k.base, by: work.gradients, queries: queries)
    for query in 0..<queries {
      let row = dq.base + offset + query * shape.rowLength
      for r in 0..<shape.depth { row[r] += work.result[r * AttentionShape.block + query] }
    }
  }
  for token in 0..<shape.tokens {
    let (from, to) = (token * shape.paddedDepth, token * shape.rowLength)
    for r in 0..<shape.depth {
      dk.base[to + r] += work.keys[from + r]
      dv.base[to + r] += work.values[from + r]
    }
  }
}
