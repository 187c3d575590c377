// The geometry of a convolution: sizes, borders, scratch memory.

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

  /// The positions of the filter along a side of the image: none where the side is too short.
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
