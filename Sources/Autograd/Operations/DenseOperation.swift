// A dense layer over every pixel of every image.

internal import Kernels

/// y = x·w + bias (+ residual); concatenated tensors are each multiplied with their rows of w.
struct DenseOperation: LinearOperation {
  let weights: Parameter
  let flipped: DerivedWeight
  let bias: Parameter
  let x: ChannelConcatenation
  /// Of the result's shape.
  let residual: Tensor?
  let y: Tensor

  var inputs: [Tensor] { x.tensors + [residual].compactMap { $0 } }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { x.tensors }

  var matrixOperations: Int { 2 * weights.count * y.shape.pixels }

  private var channels: Int { y.shape.channels }

  private func rows(_ tape: Tape) -> Int { tape.images * y.shape.pixels }

  /// The weights of some of x's channels, or their gradients.
  private func part(_ weights: Floats, of inputs: Range<Int>) -> Floats {
    weights.slice(inputs.lowerBound * channels, inputs.count * channels)
  }

  func forward(_ tape: Tape) {
    let (weights, y) = (tape.parameters[weights], tape[y])
    for (x, inputs) in x.parts {
      let weights = part(weights, of: inputs)
      if inputs.lowerBound == 0 {
        productForward(
          tape[x], rows: rows(tape), inputs: inputs.count, weights: weights,
          bias: tape.parameters[bias], residual: residual.map { .add(tape[$0]) } ?? .none,
          into: y, outputs: channels)
      } else {
        addProduct(
          tape[x], rows: rows(tape), inputs: inputs.count, weights: weights, to: y,
          outputs: channels)
      }
    }
  }

  /// dx = dy·wᵀ, dresidual = dy.
  func inputGradients(_ tape: Tape) {
    for (x, inputs) in x.parts {
      if let dx = tape.gradientTarget(x) {
        productInputGradient(
          tape.gradient(y), rows: rows(tape), outputs: channels, flipped: tape.parameters[flipped],
          into: dx.floats, inputs: self.x.channels, channels: inputs, dx.accumulation)
      }
    }
    residualGradient(tape, y: y, residual: residual)
  }

  /// dw = xᵀ·dy, dbias = Σ_rows dy.
  func parameterGradients(_ tape: Tape) {
    let dy = tape.gradient(y)
    for (x, inputs) in x.parts {
      productWeightGradient(
        tape[x], dy: dy, rows: rows(tape), inputs: inputs.count, outputs: channels,
        addedTo: part(tape.gradient(weights), of: inputs))
    }
    columnSums(dy, rows: rows(tape), columns: channels, into: tape.gradient(bias), .add)
  }
}
