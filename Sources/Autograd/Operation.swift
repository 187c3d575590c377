// A step of a computation with its own derivative.

/// What a tape records: tensors in, tensors out, forward and backward.
package protocol Operation: Sendable {
  var inputs: [Tensor] { get }
  /// What it writes: its result, then values that its backward pass needs.
  var outputs: [Tensor] { get }
  /// The inputs and outputs whose values the backward pass reads: only these are kept for it.
  var kept: [Tensor] { get }
  /// Outputs that are recomputed for the backward pass instead of being kept, because that is
  /// faster than reading them from memory (Chen et al. 2016).
  var recomputed: [Tensor] { get }
  /// An input that is added to the result unchanged, so that the result's gradient is part of its
  /// own.
  var residual: Tensor? { get }
  /// Whether the backward pass overwrites the gradient of the result, which is then lost.
  var overwritesGradient: Bool { get }
  /// Floats of scratch memory that either pass needs.
  var scratchCount: Int { get }
  /// Floating-point operations of one image's forward pass that are multiplications and additions
  /// of matrices.
  var matrixOperations: Int { get }
  func forward(_ tape: Tape)
  /// Writes `recomputed` again, from the inputs and the other outputs.
  func recompute(_ tape: Tape)
  /// Adds this operation's share to the gradients of its inputs and parameters.
  func backward(_ tape: Tape)
}

/// A layer that is linear in its input: the input's gradient needs no values, so that only the
/// gradients of its parameters have to wait until the input is recomputed.
package protocol LinearOperation: Operation {
  /// Adds to the gradients of what is multiplied and of the residual.
  func inputGradients(_ tape: Tape)
  /// Adds to the gradients of the parameters and of `row`.
  func parameterGradients(_ tape: Tape)
  /// An input that is added to every pixel of its image.
  var row: Tensor? { get }
}

extension LinearOperation {
  package var row: Tensor? { nil }

  package func backward(_ tape: Tape) {
    inputGradients(tape)
    parameterGradients(tape)
  }
}

/// An operation whose backward pass can recompute its outputs at little cost.
package protocol RecomputingOperation: Operation {
  /// As `backward`, and writes `recomputed` again.
  func recomputingBackward(_ tape: Tape)
}

extension Operation {
  package var recomputed: [Tensor] { [] }
  package var residual: Tensor? { nil }
  package var overwritesGradient: Bool { false }
  package var scratchCount: Int { 0 }
  package var matrixOperations: Int { 0 }
  package func recompute(_ tape: Tape) { forward(tape) }
}
