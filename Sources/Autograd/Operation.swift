// A step of a computation that knows its own derivative.

/// What a tape records: tensors in, tensors out, forward and backward.
package protocol Operation: Sendable {
  var inputs: [Tensor] { get }
  /// What it writes: its result, then what its backward pass needs of the forward pass.
  var outputs: [Tensor] { get }
  /// The inputs and outputs whose values the backward pass reads: only these are kept for it.
  var kept: [Tensor] { get }
  /// Outputs that are so quickly computed that a training does it again on the way back instead of
  /// keeping them: memory is slower (Chen et al. 2016).
  var recomputed: [Tensor] { get }
  /// An input that is added to the result as it is, so that the result's gradient is its as well.
  var residual: Tensor? { get }
  /// Whether the backward pass writes to the gradient of the result: it is of no use afterwards.
  var overwritesGradient: Bool { get }
  /// Floats of scratch memory that either pass needs.
  var scratchCount: Int { get }
  /// Floating-point operations of one image's forward pass that are multiplications and additions
  /// of matrices.
  var matrixOperations: Int { get }
  func forward(_ tape: Tape)
  /// Writes `recomputed` again, from the inputs and the other outputs.
  func recompute(_ tape: Tape)
  /// Adds what the outputs' gradients make of the inputs' and the parameters' gradients.
  func backward(_ tape: Tape)
}

/// A layer whose result is linear in what it multiplies: gradients of inputs need no values, so that
/// only the parameters' gradients have to wait for those that are computed again.
package protocol LinearOperation: Operation {
  /// Adds to the gradients of what is multiplied and of the residual.
  func inputGradients(_ tape: Tape)
  /// Adds to the gradients of the parameters and of `row`.
  func parameterGradients(_ tape: Tape)
  /// An input that is added to an image's every pixel.
  var row: Tensor? { get }
}

extension LinearOperation {
  package var row: Tensor? { nil }

  package func backward(_ tape: Tape) {
    inputGradients(tape)
    parameterGradients(tape)
  }
}

/// An operation that on its way back comes by what it has computed.
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
