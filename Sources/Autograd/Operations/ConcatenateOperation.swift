// Two tensors side by side on the channel axis: a U-Net's skip connection.

internal import Kernels

/// y[p] = (a[p], b[p]).
struct ConcatenateOperation: Operation {
  let a: Tensor
  let b: Tensor
  let y: Tensor

  var inputs: [Tensor] { [a, b] }
  var outputs: [Tensor] { [y] }

  /// The channels of y that a part covers, from its first one on.
  private func part(_ floats: Floats, _ tensor: Tensor) -> Floats {
    let offset = tensor == a ? 0 : a.shape.channels
    return floats.slice(offset, floats.count - offset)
  }

  func forward(_ tape: Tape) {
    for x in inputs {
      copyRows(
        tape[x], rowLength: x.shape.channels, into: part(tape[y], x), rowLength: y.shape.channels,
        .overwrite, rows: tape.images * x.shape.pixels, channels: x.shape.channels)
    }
  }

  func backward(_ tape: Tape) {
    for x in inputs {
      guard let dx = tape.gradientTarget(x) else { continue }
      copyRows(
        part(tape.gradient(y), x), rowLength: y.shape.channels, into: dx.floats,
        rowLength: x.shape.channels, dx.accumulation, rows: tape.images * x.shape.pixels,
        channels: x.shape.channels)
    }
  }
}
