// Concatenation of tensors along the channels.

internal import Kernels

/// y[p] = (a[p], b[p], …).
struct ConcatenateOperation: Operation {
  let x: ChannelConcatenation
  let y: Tensor

  var inputs: [Tensor] { x.tensors }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [] }
  var recomputed: [Tensor] { [y] }

  /// The floats from some channels of the first pixel on.
  private func part(_ floats: Floats, from channels: Range<Int>) -> Floats {
    floats.slice(channels.lowerBound, floats.count - channels.lowerBound)
  }

  func forward(_ tape: Tape) {
    for (x, channels) in x.parts {
      copyRows(
        tape[x], rowLength: x.shape.channels, into: part(tape[y], from: channels),
        rowLength: y.shape.channels,
        .overwrite, rows: tape.images * x.shape.pixels, channels: x.shape.channels)
    }
  }

  func backward(_ tape: Tape) {
    for (x, channels) in x.parts {
      guard let dx = tape.gradientTarget(x) else { continue }
      copyRows(
        part(tape.gradient(y), from: channels), rowLength: y.shape.channels, into: dx.floats,
        rowLength: x.shape.channels, dx.accumulation, rows: tape.images * x.shape.pixels,
        channels: x.shape.channels)
    }
  }
}
