// SiLU on its own, for the timestep's embedding.

internal import Kernels

/// y = x·σ(x) (Elfwing et al. 2018).
struct SiLUOperation: Operation {
  let x: Tensor
  let y: Tensor

  var inputs: [Tensor] { [x] }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [x] }

  func forward(_ tape: Tape) {
    siluForward(tape[x], into: tape[y], count: tape.images * x.shape.count)
  }

  func backward(_ tape: Tape) {
    guard let dx = tape.gradientTarget(x) else { return }
    siluBackward(
      tape[x], dy: tape.gradient(y), into: dx.floats, dx.accumulation,
      count: tape.images * x.shape.count)
  }
}
