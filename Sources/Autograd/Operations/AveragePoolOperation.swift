// Average pooling by two.

internal import Kernels

/// y[h, w] = the mean of the pixels x[2h + i, 2w + j] that lie in the image.
struct AveragePoolOperation: Operation {
  let x: Tensor
  let y: Tensor

  var inputs: [Tensor] { [x] }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [] }

  func forward(_ tape: Tape) {
    for image in 0..<tape.images {
      averagePoolForward(
        tape[x, image], height: x.shape.height, width: x.shape.width, channels: x.shape.channels,
        into: tape[y, image])
    }
  }

  func backward(_ tape: Tape) {
    guard let dx = tape.gradientTarget(x) else { return }
    for image in 0..<tape.images {
      averagePoolBackward(
        tape.gradient(y, image: image), height: x.shape.height, width: x.shape.width,
        channels: x.shape.channels, into: dx.image(image), dx.accumulation)
    }
  }
}
