// Direct convolution of one NHWC image: y = w * x + bias, and its gradients.
//
// With p running over the result's pixels and t over the filter's taps:
//   y[p] = Σ_t x[stride·p + t]·w[t] + bias,   dw[t] = Σ_p x[stride·p + t] ⊗ dy[p],
//   dx[i] = Σ_t dy[(i - t)/stride]·w[t]ᵀ over the t for which stride divides i - t.
// No activations are packed; an image is copied once, with a border of zeros.

/// Slides a filter over a padded plane: one product per row of output pixels, one segment per row
/// of the filter.
private func slide(
  over plane: Operand, _ padded: Plane, stride: Int, side: Int, weights: Operand,
  into y: Operand, _ output: Plane, start: (_ row: Int) -> Product.Start
) {
  for row in 0..<output.height {
    Product(
      rows: output.width, columns: output.channels, segments: side,
      depth: side * padded.channels,
      a: .init(
        base: plane + row * stride * padded.rowLength, row: stride * padded.channels, step: 1,
        segment: padded.rowLength),
      b: .init(
        base: weights, step: output.channels,
        segment: side * padded.channels * output.channels),
      c: y + row * output.rowLength, cRow: output.channels
    ).run(start(row))
  }
}

/// y = w * x + bias (+ residual) for one image.
///
/// - Parameters:
///   - x: [H, W, I].
///   - weights: [side, side, I, O].
///   - bias: [O].
///   - residual: [H', W', O], or nothing to add.
///   - y: [H', W', O].
///   - scratch: `scratchCount` floats.
package func convolutionForward(
  _ shape: ConvolutionShape, _ x: Floats, weights: Floats, bias: Floats, residual: Residual,
  into y: Floats, scratch: Floats
) {
  let output = shape.output
  if ThinConvolution.suits(shape) {
    ThinConvolution(shape, scratch).forward(
      x, weights: weights, bias: bias, residual: residual, into: y)
    return
  }
  pad(Operand(x), shape.input, into: Operand(scratch), shape.padded, border: shape.before)
  slide(
    over: Operand(scratch), shape.padded, stride: shape.stride, side: shape.side,
    weights: Operand(weights), into: Operand(y), output,
    start: { residual.start(bias, row: $0 * output.width, columns: output.channels) })
}

/// dx = the flipped filter over dy, for one image.
///
/// With a stride above 1, every `stride`-th input is reached through the same taps. Each such phase
/// is a product of its own, so that no zeros between dy's pixels are multiplied.
///
/// - Parameters:
///   - flipped: `flipWeights` of the forward weights: [side, side, O, I].
package func convolutionInputGradient(
  _ shape: ConvolutionShape, dy: Floats, flipped: Floats, into dx: Floats,
  _ accumulation: Accumulation, scratch: Floats
) {
  let plane = shape.borderedGradient
  pad(Operand(dy), shape.output, into: Operand(scratch), plane, border: shape.gradientBorder)
  for row in 0..<shape.height {
    let rows = Phase(shape, ofInput: row)
    for first in 0..<min(shape.stride, shape.width) {
      let columns = Phase(shape, ofInput: first)
      let seen = rows.output * plane.rowLength + columns.output * shape.outputs
      multiply(
        shape, rows, columns, first: first, Operand(scratch) + seen, Operand(flipped),
        into: Operand(dx) + (row * shape.width + first) * shape.inputs, accumulation)
    }
  }
}

/// The taps and outputs that an input's gradient comes from, along one side.
private struct Phase {
  /// How many taps reach the input.
  let taps: Int
  /// The first of them in the flipped filter; the others follow at steps of `stride`.
  let tap: Int
  /// The output of the first tap, counted in the bordered gradient; those of the other taps follow.
  let output: Int

  init(_ shape: ConvolutionShape, ofInput input: Int) {
    let (last, skipped) = (input + shape.before).quotientAndRemainder(dividingBy: shape.stride)
    taps = (shape.side - skipped + shape.stride - 1) / shape.stride
    tap = shape.side - 1 - skipped - (taps - 1) * shape.stride
    output = last - (taps - 1) + shape.gradientBorder
  }
}

/// The gradients of a row's inputs from the first one on, at steps of `stride`.
private func multiply(
  _ shape: ConvolutionShape, _ rows: Phase, _ columns: Phase, first: Int,
  _ dy: Operand, _ flipped: Operand, into target: Operand, _ accumulation: Accumulation
) {
  let (inputs, outputs, step) = (shape.inputs, shape.outputs, shape.stride)
  let weights = flipped + (rows.tap * shape.side + columns.tap) * outputs * inputs
  // Neighbouring taps of a row are one run of terms. An input that no tap reaches has one empty
  // run.
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

/// dw += Σ_pixels x ⊗ dy, for one image: a row of the filter is one product whose rows are the
/// taps' input channels and whose sum runs over the pixels.
///
/// - Parameters:
///   - dw: [side, side, I, O].
package func convolutionWeightGradient(
  _ shape: ConvolutionShape, _ x: Floats, dy: Floats, addedTo dw: Floats, scratch: Floats
) {
  if ThinConvolution.suits(shape) {
    ThinConvolution(shape, scratch).weightGradient(x, dy: dy, addedTo: dw)
    return
  }
  let (padded, output) = (shape.padded, shape.output)
  pad(Operand(x), shape.input, into: Operand(scratch), padded, border: shape.before)
  let taps = shape.side * shape.inputs
  for row in 0..<shape.side {
    let target = Operand(dw) + row * taps * shape.outputs
    Product(
      rows: taps, columns: shape.outputs, segments: output.height, depth: output.width,
      a: .init(
        base: Operand(scratch) + row * padded.rowLength, row: 1, step: shape.stride * shape.inputs,
        segment: shape.stride * padded.rowLength),
      b: .init(base: Operand(dy), step: shape.outputs, segment: output.rowLength),
      c: target, cRow: shape.outputs
    ).run(.matrix(target, stride: shape.outputs))
  }
}
