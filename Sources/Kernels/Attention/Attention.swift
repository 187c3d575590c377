// Softmax attention of one head of one image, without ever storing the whole matrix of scores.
//
// With P = softmax(S), S = q·kᵀ/√depth, by rows (Vaswani et al. 2017, Eq. 1), the result is y = P·v.
// With dP = dy·vᵀ and D = Σ_key P∘dP = dy·y for each query, the gradients are
//   dv = Pᵀ·dy,   dS = P∘(dP - D)/√depth,   dq = dS·k,   dk = dSᵀ·q.

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

  /// The factor of the scores: 1/√depth of Vaswani et al. 2017, and log₂ e to make e^x the cheaper
  /// 2^x.
  var factor: Float { Float.log2e / Float(depth).squareRoot() }

  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int {
    max(AttentionForward.Workspace.count(self), AttentionBackward.Workspace.count(self))
  }

  /// In checked builds, stops with a message unless an operand holds the head's channels of all tokens.
  @inline(__always)
  func requireRows(
    _ operand: Operand, _ role: StaticString, _ call: StaticString = #function
  ) {
    operand.require(rows: tokens, depth, apart: rowLength, role, call)
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
  AttentionForward(shape, scratch).run(
    q: Operand(q), k: Operand(k), v: Operand(v), into: Operand(y),
    statistics: Operand(statistics))
}

/// Gradients of `attentionForward`, added to dq, dk and dv.
///
/// - Parameters:
///   - y: the forward pass's result; so `statistics`.
package func attentionBackward(
  _ shape: AttentionShape, q: Floats, k: Floats, v: Floats, y: Floats, statistics: Floats,
  dy: Floats, addedTo dq: Floats, _ dk: Floats, _ dv: Floats, scratch: Floats
) {
  AttentionBackward(shape, scratch).run(
    q: Operand(q), k: Operand(k), v: Operand(v), y: Operand(y),
    statistics: Operand(statistics), dy: Operand(dy), addedTo: Operand(dq), Operand(dk),
    Operand(dv))
}
