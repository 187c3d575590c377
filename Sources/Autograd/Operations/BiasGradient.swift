// The gradients that every convolution shares: of what it adds to its products.

internal import Kernels

/// drow = Σ_p dy for each image, dbias = its sum over images, p running over pixels.
///
/// - Parameter sums: scratch memory for one image's sums.
func biasGradient(_ tape: Tape, y: Tensor, bias: Parameter, row: Tensor?, sums: Floats) {
  let drow = row.flatMap(tape.gradientTarget)
  let channels = y.shape.channels
  for image in 0..<tape.images {
    columnSums(
      tape.gradient(y, image: image), rows: y.shape.pixels, columns: channels, into: sums,
      .overwrite)
    add(sums, to: tape.gradient(bias), count: channels)
    if let drow {
      affine(
        sums, scale: 1, offset: 0, into: drow.image(image), drow.accumulation, count: channels)
    }
  }
}

/// dresidual = dy.
func residualGradient(_ tape: Tape, y: Tensor, residual: Tensor?) {
  guard let target = residual.flatMap(tape.gradientTarget) else { return }
  affine(
    tape.gradient(y), scale: 1, offset: 0, into: target.floats, target.accumulation,
    count: tape.images * y.shape.count)
}
