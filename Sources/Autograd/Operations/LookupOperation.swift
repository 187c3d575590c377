// Adds a table's row for each image's class: class conditioning.

internal import Kernels

/// y[n] = x[n] + table[classes[n]].
struct LookupOperation: Operation {
  let table: Parameter
  let x: Tensor
  /// [N, 1, 1, 1]: class numbers, as floats because a tape holds nothing else.
  let classes: Tensor
  let y: Tensor

  var inputs: [Tensor] { [x, classes] }
  var outputs: [Tensor] { [y] }
  var kept: [Tensor] { [classes] }

  private func row(_ floats: Floats, _ tape: Tape, _ image: Int) -> Floats {
    let (columns, number) = (y.shape.channels, Int(tape[classes][image]))
    precondition(
      0..<table.count / columns ~= number,
      "\(table.name): class \(number) of \(table.count / columns)")
    return floats.slice(number * columns, columns)
  }

  func forward(_ tape: Tape) {
    for image in 0..<tape.images {
      tape[y, image].copy(from: tape[x, image])
      add(row(tape.parameters[table], tape, image), to: tape[y, image], count: y.shape.channels)
    }
  }

  func backward(_ tape: Tape) {
    if let dx = tape.gradientTarget(x) {
      affine(
        tape.gradient(y), scale: 1, offset: 0, into: dx.floats, dx.accumulation,
        count: tape.images * x.shape.count)
    }
    for image in 0..<tape.images {
      add(
        tape.gradient(y, image: image), to: row(tape.gradient(table), tape, image),
        count: y.shape.channels)
    }
  }
}
