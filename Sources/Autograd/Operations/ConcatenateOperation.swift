// Two tensors side by side on the channel axis: a U-Net's skip connection.

internal import Kernels

/// y[p] = (a[p], b[p]).
struct ConcatenateOperation: Operation {
  let a: Tensor
  let b: Tensor
  let y: Tensor

  var inputs: [Tensor] { [a, b] }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [] }
  var recomputed: [Tensor] { [y] }

  /// The inputs, with their first channel in y: a and b may be one tensor.
  private var parts: [(x: Tensor, offset: Int)] { [(a, 0), (b, a.shape.channels)] }

  /// The floats from a channel of the first pixel on.
  private func part(_ floats: Floats, from offset: Int) -> Floats {
    floats.slice(offset, floats.count - offset)
  }

  func forward(_ tape: Tape) {
    for (x, offset) in parts {
      copyRows(
        tape[x], rowLength: x.shape.channels, into: part(tape[y], from: offset),
        rowLength: y.shape.channels,
        .overwrite, rows: tape.images * x.shape.pixels, channels: x.shape.channels)
    }
  }

  func backward(_ tape: Tape) {
    for (x, offset) in parts {
      guard let dx = tape.gradientTarget(x) else { continue }
      copyRows(
        part(tape.gradient(y), from: offset), rowLength: y.shape.channels, into: dx.floats,
        rowLength: x.shape.channels, dx.accumulation, rows: tape.images * x.shape.pixels,
        channels: x.shape.channels)
    }
  }
}
