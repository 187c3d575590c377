// Multi-head self-attention over an image's pixels, between the dense layers that surround it.

internal import Kernels

/// y = softmax(q·kᵀ/√depth)·v, head by head (Vaswani et al. 2017, Eq. 1); a head is `depth`
/// neighbouring channels.
struct AttentionOperation: Operation {
  let heads: Int
  let q: Tensor
  let k: Tensor
  let v: Tensor
  let y: Tensor
  /// [N, 1, 1, heads·tokens]: each query's softmax statistics, for the backward pass.
  let statistics: Tensor

  var inputs: [Tensor] { [q, k, v] }
  var outputs: [Tensor] { [y, statistics] }
  var kept: [Tensor] { [q, k, v, y, statistics] }
  var scratchCount: Int { geometry.scratchCount }

  /// The scores and their use: two products of [tokens, tokens] with the channels.
  var matrixOperations: Int { 4 * q.shape.pixels * q.shape.count }

  private var geometry: AttentionShape {
    AttentionShape(
      tokens: q.shape.pixels, depth: q.shape.channels / heads, rowLength: q.shape.channels)
  }

  /// The floats from a head's first channel on.
  private func head(_ floats: Floats, _ head: Int) -> Floats {
    let offset = head * geometry.depth
    return floats.slice(offset, floats.count - offset)
  }

  /// A head's statistics.
  private func statistics(_ tape: Tape, _ image: Int, _ head: Int) -> Floats {
    tape[statistics, image].slice(head * geometry.tokens, geometry.tokens)
  }

  func forward(_ tape: Tape) {
    for image in 0..<tape.images {
      for i in 0..<heads {
        attentionForward(
          geometry, q: head(tape[q, image], i), k: head(tape[k, image], i),
          v: head(tape[v, image], i), into: head(tape[y, image], i),
          statistics: statistics(tape, image, i), scratch: tape.scratch)
      }
    }
  }

  func backward(_ tape: Tape) {
    let targets = [q, k, v].map(tape.gradientTargetOrSpare)
    for target in targets where target.accumulation == .overwrite {
      target.floats.slice(0, tape.images * target.count).fill(0)
    }
    for image in 0..<tape.images {
      // A head's channels are a part of each cache line; read head by head, every line would miss
      // the caches.
      for tensor in [q, k, v, y] { readAhead(tape[tensor, image], count: q.shape.count) }
      let gradients = targets.map { $0.image(image) }
      for i in 0..<heads {
        attentionBackward(
          geometry, q: head(tape[q, image], i), k: head(tape[k, image], i),
          v: head(tape[v, image], i), y: head(tape[y, image], i),
          statistics: statistics(tape, image, i), dy: head(tape.gradient(y, image: image), i),
          addedTo: head(gradients[0], i), head(gradients[1], i), head(gradients[2], i),
          scratch: tape.scratch)
      }
    }
  }
}
