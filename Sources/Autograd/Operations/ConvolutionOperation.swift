// Convolution with bias and, in the same pass, a row added to an image's every pixel and a residual.

internal import Kernels

/// y = w * x + bias (+ row) (+ residual).
struct ConvolutionOperation: Operation {
  let geometry: ConvolutionShape
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
  /// The kernel's own, and behind it an image's bias.
  var scratchCount: Int { biasOffset + geometry.outputs }

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

  /// With p running over pixels: dx = flipped w over dy, dw = Σ_p x ⊗ dy, dbias = Σ_p dy summed
  /// over images, drow = Σ_p dy of each image, dresidual = dy.
  func backward(_ tape: Tape) {
    let dx = tape.gradientTarget(x)
    for image in 0..<tape.images {
      let dy = tape.gradient(y, image: image)
      if let dx {
        convolutionInputGradient(
          geometry, dy: dy, flipped: tape.parameters[flipped], into: dx.image(image),
          dx.accumulation, scratch: tape.scratch)
      }
      convolutionWeightGradient(
        geometry, tape[x, image], dy: dy, addedTo: tape.gradient(weights), scratch: tape.scratch)
    }
    biasGradient(
      tape, y: y, bias: bias, row: row, sums: tape.scratch.slice(biasOffset, geometry.outputs))
    residualGradient(tape, y: y, residual: residual)
  }
}
