// Softmax attention of one head of one image, never a whole matrix of scores.

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
    (2 * (tokens + depth) + 1) * AttentionShape.block + 2 * tokens * paddedDepth
  }

  /// The head's channels rounded up to whole vectors.
  var paddedDepth: Int { (depth + Lane.width - 1) / Lane.width * Lane.width }
}

/// Scratch memory of one block, cut into its parts.
struct AttentionWorkspace {
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
}

/// Copies a block of token rows into columns, scaled.
func transposeTokens(
  _ rows: UnsafePointer<Float>, _ shape: AttentionShape, queries: Int, scale: Float,
  into columns: UnsafeMutablePointer<Float>
) {
  for query in 0..<queries {
    let row = rows + query * shape.rowLength
    for r in 0..<shape.depth { columns[r * AttentionShape.block + query] = row[r] * scale }
  }
}

/// target[token, r] += Σ_query weights[token, query]·rows[query, r], from zero in the first block.
func scatterToTokens(
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
func addTokens(
  _ whole: UnsafePointer<Float>, scale: Float, to rows: UnsafeMutablePointer<Float>,
  _ shape: AttentionShape
) {
  for token in 0..<shape.tokens {
    let (from, to) = (token * shape.paddedDepth, token * shape.rowLength)
    for r in 0..<shape.depth { rows[to + r] += scale * whole[from + r] }
  }
}

/// y = softmax(q·kᵀ/√depth)·v for one head of one image (Vaswani et al. 2017, Eq. 1).
///
/// - Parameters:
///   - q: the head's first channel of the first token; tokens are `rowLength` apart. So k, v, y.
///   - statistics: [tokens], for the backward pass: log₂ of the sum under each query's softmax.
///   - scratch: `scratchCount` floats.
package func attentionForward(
  _ shape: AttentionShape, q: Floats, k: Floats, v: Floats, into y: Floats, statistics: Floats,
  scratch: Floats
) {
  switch shape.depth {
  case 1: NarrowAttention<One<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  case 2: NarrowAttention<Two<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  case 3: NarrowAttention<Three<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  case 4: NarrowAttention<Four<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  case 5: NarrowAttention<Five<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  case 6: NarrowAttention<Six<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  case 7: NarrowAttention<Seven<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  case 8: NarrowAttention<Eight<Lane>>(shape, scratch).forward(q, k, v, y, statistics)
  default: wideAttentionForward(shape, q: q, k: k, v: v, into: y, scratch: scratch)
  }
}

/// Gradients of `attentionForward`, added to dq, dk and dv.
///
/// - Parameters:
///   - y: the forward pass's result; so `statistics`.
package func attentionBackward(
  _ shape: AttentionShape, q: Floats, k: Floats, v: Floats, y: Floats, statistics: Floats,
  dy: Floats, addedTo dq: Floats, _ dk: Floats, _ dv: Floats, scratch: Floats
) {
  let inputs = (q: q, k: k, v: v, y: y, statistics: statistics, dy: dy)
  let targets = (dq: dq, dk: dk, dv: dv)
  switch shape.depth {
  case 1: NarrowAttention<One<Lane>>(shape, scratch).backward(inputs, targets)
  case 2: NarrowAttention<Two<Lane>>(shape, scratch).backward(inputs, targets)
  case 3: NarrowAttention<Three<Lane>>(shape, scratch).backward(inputs, targets)
  case 4: NarrowAttention<Four<Lane>>(shape, scratch).backward(inputs, targets)
  case 5: NarrowAttention<Five<Lane>>(shape, scratch).backward(inputs, targets)
  case 6: NarrowAttention<Six<Lane>>(shape, scratch).backward(inputs, targets)
  case 7: NarrowAttention<Seven<Lane>>(shape, scratch).backward(inputs, targets)
  case 8: NarrowAttention<Eight<Lane>>(shape, scratch).backward(inputs, targets)
  default:
    wideAttentionBackward(
      shape, q: q, k: k, v: v, dy: dy, addedTo: dq, dk, dv, scratch: scratch)
  }
}
