// Direct convolution with bias and, in the same pass, a row per image and a residual.

internal import Kernels

/// y = w * x + bias (+ row) (+ residual).
struct ConvolutionOperation: LinearOperation {
  let geometry: ConvolutionShape
  /// Images of the tape.
  let capacity: Int
  let weights: Parameter
  let flipped: DerivedWeight
  let bias: Parameter
  let x: Tensor
  /// [N, 1, 1, O]: the timestep's share of the bias.
  let row: Tensor?
  /// Of the result's shape.
  let residual: Tensor?
  let y: Tensor

  var inputs: [Tensor] { [x] + [row, residual].compactMap { $0 } }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [x] }
  /// The kernel's own, followed by one row per image.
  var scratchCount: Int { biasOffset + capacity * geometry.outputs }

  var matrixOperations: Int { 2 * geometry.weightCount * y.shape.pixels }

  private var biasOffset: Int { FloatMemory.aligned(geometry.scratchCount) }

  func forward(_ tape: Tape) {
    let bias = tape.parameters[bias]
    for image in 0..<tape.images {
      var imageBias = bias
      if let row {
        imageBias = tape.scratch.slice(biasOffset, geometry.outputs)
        imageBias.copy(from: bias)
        add(tape[row, image], to: imageBias, count: geometry.outputs)
      }
      convolutionForward(
        geometry, tape[x, image], weights: tape.parameters[weights], bias: imageBias,
        residual: residual.map { .add(tape[$0, image]) } ?? .none, into: tape[y, image],
        scratch: tape.scratch)
    }
  }

  /// dx = flipped w over dy, dresidual = dy.
  func inputGradients(_ tape: Tape) {
    if let dx = tape.gradientTarget(x) {
      for image in 0..<tape.images {
        convolutionInputGradient(
          geometry, dy: tape.gradient(y, image: image), flipped: tape.parameters[flipped],
          into: dx.image(image), dx.accumulation, scratch: tape.scratch)
      }
    }
    residualGradient(tape, y: y, residual: residual)
  }

  /// With p running over pixels: dw = Σ_p x ⊗ dy, dbias = Σ_p dy summed over images, drow = Σ_p dy of
  /// each image.
  func parameterGradients(_ tape: Tape) {
    let sums = tape.scratch.slice(biasOffset, tape.images * geometry.outputs)
    for image in 0..<tape.images {
      let dy = tape.gradient(y, image: image)
      convolutionWeightGradient(
        geometry, tape[x, image], dy: dy, addedTo: tape.gradient(weights), scratch: tape.scratch)
      columnSums(
        dy, rows: y.shape.pixels, columns: geometry.outputs,
        into: sums.slice(image * geometry.outputs, geometry.outputs), .overwrite)
    }
    biasGradient(tape, sums: sums, bias: bias, row: row)
  }
}
