// A constant scale and offset.

internal import Kernels

/// y = scale·x + offset.
struct AffineOperation: Operation {
  let scale: Float
  let offset: Float
  let x: Tensor
  let y: Tensor

  var inputs: [Tensor] { [x] }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [] }

  func forward(_ tape: Tape) {
    affine(
      tape[x], scale: scale, offset: offset, into: tape[y], .overwrite,
      count: tape.images * x.shape.count)
  }

  func backward(_ tape: Tape) {
    guard let dx = tape.gradientTarget(x) else { return }
    affine(
      tape.gradient(y), scale: scale, offset: 0, into: dx.floats, dx.accumulation,
      count: tape.images * x.shape.count)
  }
}
