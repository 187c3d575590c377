// Dense layers: y = x·w + b over rows, and both gradients.

/// What a layer adds to its result in the same pass.
package enum Residual: Sendable {
  case none
  /// A block of the result's shape.
  case add(Floats)

  /// The start of a product at a row of the result.
  @inline(__always)
  func start(_ bias: Floats, row: Int, columns: Int) -> Product.Start {
    switch self {
    case .none: .row(Operand(bias))
    case .add(let block):
      .matrixAndRow(Operand(block) + row * columns, stride: columns, Operand(bias))
    }
  }
}

/// y = x·w + bias (+ residual).
///
/// - Parameters:
///   - x: [rows, I].
///   - weights: [I, O].
///   - bias: [O].
///   - y: [rows, O].
package func productForward(
  _ x: Floats, rows: Int, inputs: Int, weights: Floats, bias: Floats, residual: Residual,
  into y: Floats, outputs: Int
) {
  Product(
    rows: rows, columns: outputs, depth: inputs, a: .init(base: Operand(x), row: inputs, step: 1),
    b: .init(base: Operand(weights), step: outputs), c: Operand(y), cRow: outputs
  ).run(residual.start(bias, row: 0, columns: outputs))
}

/// y += x·w.
///
/// - Parameters:
///   - x: [rows, I].
///   - weights: [I, O].
///   - y: [rows, O].
package func addProduct(
  _ x: Floats, rows: Int, inputs: Int, weights: Floats, to y: Floats, outputs: Int
) {
  Product(
    rows: rows, columns: outputs, depth: inputs, a: .init(base: Operand(x), row: inputs, step: 1),
    b: .init(base: Operand(weights), step: outputs), c: Operand(y), cRow: outputs
  ).run(.matrix(Operand(y), stride: outputs))
}

/// c = a·b, some columns of it.
///
/// - Parameters:
///   - a: [rows, depth].
///   - b: [depth, rowLength], of which the first `columns` count.
///   - c: [rows, rowLength], of which the first `columns` are written.
package func matrixProduct(
  _ a: Floats, rows: Int, depth: Int, _ b: Floats, columns: Int, rowLength: Int, into c: Floats
) {
  Product(
    rows: rows, columns: columns, depth: depth, a: .init(base: Operand(a), row: depth, step: 1),
    b: .init(base: Operand(b), step: rowLength), c: Operand(c), cRow: rowLength
  ).run(.zero)
}

/// dx = dy·wᵀ, or some channels of it.
///
/// - Parameters:
///   - flipped: `flipWeights` of the weights: [O, I].
///   - channels: which of the I.
package func productInputGradient(
  _ dy: Floats, rows: Int, outputs: Int, flipped: Floats, into dx: Floats, inputs: Int,
  channels: Range<Int>, _ accumulation: Accumulation
) {
  Product(
    rows: rows, columns: channels.count, depth: outputs,
    a: .init(base: Operand(dy), row: outputs, step: 1),
    b: .init(base: Operand(flipped) + channels.lowerBound, step: inputs), c: Operand(dx),
    cRow: channels.count
  ).run(accumulation.start(Operand(dx), stride: channels.count))
}

/// dw += xᵀ·dy, for as many rows at a time as the second-level cache holds, because every tile of
/// dw reads them all.
package func productWeightGradient(
  _ x: Floats, dy: Floats, rows: Int, inputs: Int, outputs: Int, addedTo dw: Floats
) {
  let most = max(1, cachedFloats / (inputs + outputs))
  for first in stride(from: 0, to: rows, by: most) {
    let depth = min(most, rows - first)
    readAhead(x.slice(first * inputs, depth * inputs), count: depth * inputs)
    Product(
      rows: inputs, columns: outputs, depth: depth,
      a: .init(base: Operand(x) + first * inputs, row: 1, step: inputs),
      b: .init(base: Operand(dy) + first * outputs, step: outputs), c: Operand(dw), cRow: outputs
    ).run(.matrix(Operand(dw), stride: outputs))
  }
}

/// Floats of both operands that stay in the second-level cache.
private let cachedFloats = 100_000

/// The weights in the order of the input gradient: [taps, I, O] becomes [taps reversed, O, I].
///
/// - Parameters:
///   - taps: side² of a convolution, 1 of a dense layer.
package func flipWeights(
  _ weights: Floats, taps: Int, inputs: Int, outputs: Int, into flipped: Floats
) {
  weights.require([taps, inputs, outputs], "the weights")
  flipped.require([taps, outputs, inputs], "the flipped weights")
  let block = inputs * outputs
  for tap in 0..<taps {
    let (from, to) = (weights.base + tap * block, flipped.base + (taps - 1 - tap) * block)
    for o in 0..<outputs {
      for i in 0..<inputs { to[o * inputs + i] = from[i * outputs + o] }
    }
  }
}
