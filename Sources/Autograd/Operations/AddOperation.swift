// A sum of two tensors of one shape.

internal import Kernels

/// z = x + y.
struct AddOperation: Operation {
  let x: Tensor
  let y: Tensor
  let z: Tensor

  var inputs: [Tensor] { [x, y] }
  var outputs: [Tensor] { [z] }
  var kept: [Tensor] { [] }

  func forward(_ tape: Tape) {
    let count = tape.images * z.shape.count
    affine(tape[x], scale: 1, offset: 0, into: tape[z], .overwrite, count: count)
    affine(tape[y], scale: 1, offset: 0, into: tape[z], .add, count: count)
  }

  func backward(_ tape: Tape) {
    for term in [x, y] {
      guard let target = tape.gradientTarget(term) else { continue }
      affine(
        tape.gradient(z), scale: 1, offset: 0, into: target.floats, target.accumulation,
        count: tape.images * z.shape.count)
    }
  }
}
