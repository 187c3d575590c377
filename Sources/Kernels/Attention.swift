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

  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int {
    depth <= AttentionShape.narrow
      ? NarrowWorkspace.count(self) : WideWorkspace.count(self)
  }

  /// The most channels of a head that is worked on in registers.
  static var narrow: Int { 8 }

  /// The head's channels rounded up to whole vectors.
  var paddedDepth: Int { (depth + Lane.width - 1) / Lane.width * Lane.width }
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
