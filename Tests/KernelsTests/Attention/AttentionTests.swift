// Attention against the reference, and with scores that would overflow.

import Kernels
import TestSupport
import Testing

/// Fewer tokens than a vector, whole blocks, blocks and runs with a remainder; odd depths and
/// depths of several vectors.
private let shapes = [
  (1, 1), (5, 3), (7, 16), (16, 8), (17, 17), (31, 33), (32, 8), (33, 1), (49, 16), (66, 5),
  (129, 8), (150, 3), (75, 12), (5, 64), (33, 64), (130, 72), (17, 80), (20, 128),
].map { AttentionShape(tokens: $0.0, depth: $0.1, rowLength: $0.1 + 3) }

extension AttentionShape {
  /// The floats of all tokens: the last one's end where its head does.
  fileprivate var span: Int { (tokens - 1) * rowLength + depth }

  /// A head's own floats among those of all heads.
  fileprivate func head<T>(_ values: [T]) -> [T] {
    values.indices.filter { $0 % rowLength < depth }.map { values[$0] }
  }

  /// What belongs to other heads.
  fileprivate func rest<T>(_ values: [T]) -> [T] {
    values.indices.filter { $0 % rowLength >= depth }.map { values[$0] }
  }
}

// Scores of up to 4·√depth are off by their rounding, 1e-6, and so relatively the weights of ±1.
@Test(arguments: shapes)
func attentionMatchesTheReference(shape: AttentionShape) {
  expectAttention(shape, bound: 2, error: 4e-6)
}

@Test func hugeScoresOfManyKeysMatchTheReference() {
  // Scores of up to 7,000: without a shift their powers would overflow or all underflow.
  expectAttention(AttentionShape(tokens: 150, depth: 8, rowLength: 11), bound: 50, error: 1e-3)
}

/// Expects the reference's result and gradients, for queries and keys within ±`bound`.
private func expectAttention(_ shape: AttentionShape, bound: Float, error: Double) {
  let (q, k, v) = (
    uniform(shape.span, bound: bound, seed: 1), uniform(shape.span, bound: bound, seed: 2),
    uniform(shape.span, seed: 3)
  )
  let head = Reference.Head(
    q: shape.head(q.doubles), k: shape.head(k.doubles), v: shape.head(v.doubles),
    depth: shape.depth)
  let (queries, keys, values) = (Guarded(q), Guarded(k), Guarded(v))
  let (y, scratch) = (Guarded(count: shape.span), Guarded(count: shape.scratchCount))
  let statistics = Guarded(count: shape.tokens)
  attentionForward(
    shape, q: queries.floats, k: keys.floats, v: values.floats, into: y.floats,
    statistics: statistics.floats, scratch: scratch.floats)
  expectClose(shape.head(y.values()), Reference.attention(head), absolute: error, relative: 0)
  #expect(shape.rest(y.floats.array).allSatisfy { $0.isNaN }, "wrote into another head")

  let dy = uniform(shape.span, seed: 4)
  let gradient = Guarded(dy)
  let starts = (5...7).map { uniform(shape.span, seed: $0) }
  let targets = starts.map { Guarded(target: $0) }
  attentionBackward(
    shape, q: queries.floats, k: keys.floats, v: values.floats, y: y.floats,
    statistics: statistics.floats, dy: gradient.floats,
    addedTo: targets[0].floats, targets[1].floats, targets[2].floats, scratch: scratch.floats)
  let expected = Reference.attentionGradients(head, dy: shape.head(dy.doubles))
  for (index, part) in [expected.dq, expected.dk, expected.dv].enumerated() {
    let (start, end) = (starts[index], targets[index].values())
    expectClose(
      shape.head(end), zip(part, shape.head(start)).map { $0 + Double($1) },
      absolute: 2.5 * error, relative: 1e-6)
    #expect(shape.rest(end) == shape.rest(start), "wrote into another head")
  }
  _ = scratch.values()
}

@Test func hugeScoresNeitherOverflowNorDisappear() {
  // Scores of ±10⁴: each query attends to its own key alone.
  let shape = AttentionShape(tokens: 2, depth: 1, rowLength: 1)
  let (q, v, y) = (Guarded([100, -100]), Guarded([0.25, -0.5]), Guarded(count: 2))
  let (statistics, scratch) = (Guarded(count: 2), Guarded(count: shape.scratchCount))
  attentionForward(
    shape, q: q.floats, k: q.floats, v: v.floats, into: y.floats,
    statistics: statistics.floats, scratch: scratch.floats)
  expectClose(y.values(), [0.25, -0.5], absolute: 0, relative: 1e-7)
}
