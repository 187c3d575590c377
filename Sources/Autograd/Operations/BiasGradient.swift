// The gradients of bias, row and residual, which every kind of convolution has.

internal import Kernels

/// drow = Σ_p dy for each image, dbias = its sum over images, p running over pixels.
///
/// - Parameter sums: [N, O], Σ_p dy.
func biasGradient(_ tape: Tape, sums: Floats, bias: Parameter, row: Tensor?) {
  columnSums(
    sums, rows: tape.images, columns: bias.count, into: tape.gradient(bias), .add)
  guard let drow = row.flatMap(tape.gradientTarget) else { return }
  affine(
    sums, scale: 1, offset: 0, into: drow.floats, drow.accumulation,
    count: tape.images * bias.count)
}

/// dresidual = dy, where the two do not share memory.
func residualGradient(_ tape: Tape, y: Tensor, residual: Tensor?) {
  guard let residual, let target = tape.gradientTarget(residual),
    !tape.isGradientShared(residual, y)
  else { return }
  affine(
    tape.gradient(y), scale: 1, offset: 0, into: target.floats, target.accumulation,
    count: tape.images * y.shape.count)
}
