// A size-preserving 3x3 convolution by Winograd's algorithm, over all images at once.

internal import Kernels

/// y = w * x + bias (+ row) (+ residual).
struct WinogradOperation: LinearOperation {
  let geometry: WinogradShape
  let weights: Parameter
  let transformed: DerivedWeight
  let transformedFlipped: DerivedWeight
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
  /// The kernel's own, followed by one bias per image, or by zeros.
  var scratchCount: Int { biasOffset + max(geometry.inputs, geometry.images * geometry.outputs) }
  var matrixOperations: Int {
    2 * weights.count * y.shape.pixels
  }

  private var biasOffset: Int { FloatMemory.aligned(geometry.scratchCount) }

  /// The geometry of a run with fewer images.
  private func geometry(_ tape: Tape) -> WinogradShape {
    var geometry = geometry
    geometry.images = tape.images
    return geometry
  }

  func forward(_ tape: Tape) {
    let outputs = geometry.outputs
    var rows = tape.parameters[bias]
    if let row {
      rows = tape.scratch.slice(biasOffset, tape.images * outputs)
      for image in 0..<tape.images {
        let imageBias = rows.slice(image * outputs, outputs)
        imageBias.copy(from: tape.parameters[bias])
        add(tape[row, image], to: imageBias, count: outputs)
      }
    }
    winogradForward(
      geometry(tape), tape[x], weights: tape.parameters[transformed], bias: rows,
      biasRow: row == nil ? 0 : outputs, residual: residual.map { .add(tape[$0]) } ?? .none,
      into: tape[y], scratch: tape.scratch)
  }

  /// dx = flipped w over dy, dresidual = dy.
  func inputGradients(_ tape: Tape) {
    let geometry = geometry(tape)
    if let dx = tape.gradientTarget(x) {
      let zeros = tape.scratch.slice(biasOffset, geometry.inputs)
      zeros.fill(0)
      winogradInputGradient(
        geometry, dy: tape.gradient(y), flipped: tape.parameters[transformedFlipped], zeros: zeros,
        into: dx.floats, dx.accumulation, scratch: tape.scratch)
    }
    residualGradient(tape, y: y, residual: residual)
  }

  /// dw = Σ x ⊗ dy; the gradients of bias and row are sums of dy.
  func parameterGradients(_ tape: Tape) {
    let geometry = geometry(tape)
    let sums = tape.scratch.slice(biasOffset, geometry.images * geometry.outputs)
    winogradWeightGradient(
      geometry, tape[x], dy: tape.gradient(y), addedTo: tape.gradient(weights), sums: sums,
      scratch: tape.scratch)
    biasGradient(tape, sums: sums, bias: bias, row: row)
  }
}
