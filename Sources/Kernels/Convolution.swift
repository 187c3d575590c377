// Convolution over NHWC images as a direct loop: no packing of activations but a border of zeros.

/// The geometry of a square convolution of one image.
package struct ConvolutionShape: Hashable, Sendable {
  package var height: Int
  package var width: Int
  package var inputs: Int
  package var outputs: Int
  /// The side of the filter: 1 or 3.
  package var side: Int
  package var stride: Int
  /// Zeros above and left of the image.
  package var before: Int
  /// Zeros below and right of the image.
  package var after: Int

  package init(
    height: Int, width: Int, inputs: Int, outputs: Int, side: Int, stride: Int, before: Int,
    after: Int
  ) {
    self.height = height
    self.width = width
    self.inputs = inputs
    self.outputs = outputs
    self.side = side
    self.stride = stride
    self.before = before
    self.after = after
  }

  package var outputHeight: Int { outputSize(height) }
  package var outputWidth: Int { outputSize(width) }
  package var inputCount: Int { height * width * inputs }
  package var outputCount: Int { outputHeight * outputWidth * outputs }
  package var weightCount: Int { side * side * inputs * outputs }

  /// The filter's places along a side of the image: none where it is too short for one.
  private func outputSize(_ size: Int) -> Int {
    let room = size + before + after - side
    return room < 0 ? 0 : room / stride + 1
  }

  var input: Plane { Plane(height: height, width: width, channels: inputs) }
  var output: Plane { Plane(height: outputHeight, width: outputWidth, channels: outputs) }

  /// The image with its border of zeros.
  var padded: Plane {
    Plane(height: height + before + after, width: width + before + after, channels: inputs)
  }

  /// Zeros above and left of the output's gradient, for the taps of the first inputs.
  var gradientBorder: Int { (side - 1 - before) / stride }

  /// The output's gradient with zeros around it, as far as the taps of any input reach.
  var borderedGradient: Plane {
    let (lastRow, lastColumn) = ((height - 1 + before) / stride, (width - 1 + before) / stride)
    return Plane(
      height: max(outputHeight, lastRow + 1) + gradientBorder,
      width: max(outputWidth, lastColumn + 1) + gradientBorder, channels: outputs)
  }

  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int {
    let thin = ThinConvolution.suits(self) ? ThinConvolution.scratchCount(self) : 0
    return max(padded.count, borderedGradient.count, thin)
  }
}

/// Slides a filter over a padded plane: one product a row of output pixels, a segment a filter row.
private func slide(
  over plane: UnsafePointer<Float>, _ padded: Plane, stride: Int, side: Int,
  weights: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ output: Plane,
  start: (_ row: Int) -> Product.Start
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
  pad(x.base, shape.input, into: scratch.base, shape.padded, border: shape.before)
  slide(
    over: scratch.base, shape.padded, stride: shape.stride, side: shape.side,
    weights: weights.base, into: y.base, output,
    start: { residual.start(bias, row: $0 * output.width, columns: output.channels) })
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
  pad(x.base, shape.input, into: scratch.base, padded, border: shape.before)
  let taps = shape.side * shape.inputs
  for row in 0..<shape.side {
    let target = dw.base + row * taps * shape.outputs
    Product(
      rows: taps, columns: shape.outputs, segments: output.height, depth: output.width,
      a: .init(
        base: scratch.base + row * padded.rowLength, row: 1, step: shape.stride * shape.inputs,
        segment: shape.stride * padded.rowLength),
      b: .init(base: dy.base, step: shape.outputs, segment: output.rowLength),
      c: target, cRow: shape.outputs
    ).run(.matrix(target, stride: shape.outputs))
  }
}
