// A dense layer over every pixel of every image.

internal import Kernels

/// y = x·w + bias (+ residual).
struct DenseOperation: Operation {
  let weights: Parameter
  let flipped: DerivedWeight
  let bias: Parameter
  let x: Tensor
  /// Of the result's shape.
  let residual: Tensor?
  let y: Tensor

  var inputs: [Tensor] { [x] + [residual].compactMap { $0 } }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [x] }

  var matrixOperations: Int { 2 * x.shape.count * y.shape.channels }

  private func rows(_ tape: Tape) -> Int { tape.images * x.shape.pixels }

  func forward(_ tape: Tape) {
    productForward(
      tape[x], rows: rows(tape), inputs: x.shape.channels, weights: tape.parameters[weights],
      bias: tape.parameters[bias], residual: residual.map { .add(tape[$0]) } ?? .none,
      into: tape[y], outputs: y.shape.channels)
  }

  /// dx = dy·wᵀ, dw = xᵀ·dy, dbias = Σ_rows dy, dresidual = dy.
  func backward(_ tape: Tape) {
    let dy = tape.gradient(y)
    let (inputs, outputs) = (x.shape.channels, y.shape.channels)
    if let dx = tape.gradientTarget(x) {
      productInputGradient(
        dy, rows: rows(tape), outputs: outputs, flipped: tape.parameters[flipped],
        into: dx.floats, inputs: inputs, dx.accumulation)
    }
    productWeightGradient(
      tape[x], dy: dy, rows: rows(tape), inputs: inputs, outputs: outputs,
      addedTo: tape.gradient(weights))
    columnSums(dy, rows: rows(tape), columns: outputs, into: tape.gradient(bias), .add)
    residualGradient(tape, y: y, residual: residual)
  }
}
