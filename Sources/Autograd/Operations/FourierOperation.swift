// Fourier features of a tensor's values, beside the values themselves.

internal import Kernels

/// y = (x, sin ωx, cos ωx, …).
struct FourierOperation: Operation {
  let exponents: [Int]
  let x: Tensor
  let y: Tensor

  var inputs: [Tensor] { [x] }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [y] }

  private func rows(_ tape: Tape) -> Int { tape.images * x.shape.pixels }

  func forward(_ tape: Tape) {
    fourierForward(
      tape[x], exponents: exponents, into: tape[y], rows: rows(tape), channels: x.shape.channels)
  }

  func backward(_ tape: Tape) {
    guard let dx = tape.gradientTarget(x) else { return }
    fourierBackward(
      tape[y], dy: tape.gradient(y), exponents: exponents, into: dx.floats, dx.accumulation,
      rows: rows(tape), channels: x.shape.channels)
  }
}
