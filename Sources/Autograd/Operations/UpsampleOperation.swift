// Nearest-neighbour upsampling by two.

internal import Kernels

/// y[2h + i, 2w + j] = x[h, w].
struct UpsampleOperation: Operation {
  let x: Tensor
  let y: Tensor

  var inputs: [Tensor] { [x] }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [] }
  var recomputed: [Tensor] { [y] }

  func forward(_ tape: Tape) {
    for image in 0..<tape.images {
      upsampleForward(
        tape[x, image], height: x.shape.height, width: x.shape.width, channels: x.shape.channels,
        into: tape[y, image])
    }
  }

  func backward(_ tape: Tape) {
    guard let dx = tape.gradientTarget(x) else { return }
    for image in 0..<tape.images {
      upsampleBackward(
        tape.gradient(y, image: image), height: x.shape.height, width: x.shape.width,
        channels: x.shape.channels, into: dx.image(image), dx.accumulation)
    }
  }
}
