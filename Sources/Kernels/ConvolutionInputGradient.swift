// The input's gradient of a direct convolution: inputs that the same taps reach are one product.

/// dx = the flipped filter over dy, for one image.
///
/// A filter that moves by more than one pixel reaches every `stride`-th input through the same taps.
/// Each such phase is computed by itself: zeros between dy's pixels would be multiplied with the taps
/// that they skip.
///
/// - Parameters:
///   - flipped: `flipWeights` of the forward weights: [side, side, O, I].
package func convolutionInputGradient(
  _ shape: ConvolutionShape, dy: Floats, flipped: Floats, into dx: Floats,
  _ accumulation: Accumulation, scratch: Floats
) {
  let plane = shape.borderedGradient
  pad(dy.base, shape.output, into: scratch.base, plane, border: shape.gradientBorder)
  for row in 0..<shape.height {
    let rows = Phase(shape, ofInput: row)
    for first in 0..<min(shape.stride, shape.width) {
      let columns = Phase(shape, ofInput: first)
      let seen = rows.output * plane.rowLength + columns.output * shape.outputs
      multiply(
        shape, rows, columns, first: first, scratch.base + seen, flipped.base,
        into: dx.base + (row * shape.width + first) * shape.inputs, accumulation)
    }
  }
}

/// Where along a side an input's gradient comes from.
private struct Phase {
  /// How many taps reach the input.
  let taps: Int
  /// The first of them in the flipped filter; the others follow `stride` apart.
  let tap: Int
  /// The output that it made, counted in the bordered gradient; the others' follow.
  let output: Int

  init(_ shape: ConvolutionShape, ofInput input: Int) {
    let (last, skipped) = (input + shape.before).quotientAndRemainder(dividingBy: shape.stride)
    taps = (shape.side - skipped + shape.stride - 1) / shape.stride
    tap = shape.side - 1 - skipped - (taps - 1) * shape.stride
    output = last - (taps - 1) + shape.gradientBorder
  }
}

/// The gradients of a row's inputs from the first one on, `stride` apart.
private func multiply(
  _ shape: ConvolutionShape, _ rows: Phase, _ columns: Phase, first: Int,
  _ dy: UnsafePointer<Float>, _ flipped: UnsafePointer<Float>,
  into target: UnsafeMutablePointer<Float>, _ accumulation: Accumulation
) {
  let (inputs, outputs, step) = (shape.inputs, shape.outputs, shape.stride)
  let weights = flipped + (rows.tap * shape.side + columns.tap) * outputs * inputs
  // Neighbouring taps of a row are one run of terms. Where no tap leads, there is one of no terms.
  let run = step == 1 ? columns.taps : min(1, columns.taps)
  var accumulation = accumulation
  for tap in stride(from: 0, to: max(1, columns.taps), by: max(1, run)) {
    Product(
      rows: (shape.width - first + step - 1) / step, columns: inputs, segments: rows.taps,
      depth: run * outputs,
      a: .init(
        base: dy + tap * outputs, row: outputs, step: 1,
        segment: shape.borderedGradient.rowLength),
      b: .init(
        base: weights + tap * step * outputs * inputs, step: inputs,
        segment: step * shape.side * outputs * inputs),
      c: target, cRow: step * inputs
    ).run(accumulation.start(target, stride: step * inputs))
    accumulation = .add
  }
}
