// Convolution to at most half a vector's channels: vectors hold the filter's taps instead.

/// A convolution as one product of pixels with taps, whose results are shifted and added up.
///
/// The direct loop's vectors run along the output channels, of which the U-Net's last convolution
/// has one.
struct ThinConvolution {
  private let shape: ConvolutionShape
  /// Floats of a pixel's products: one per tap and output, rounded up to whole vectors.
  private let width: Int
  private let weights: Operand
  private let products: Operand

  /// Whether it is faster than the direct loop.
  static func suits(_ shape: ConvolutionShape) -> Bool {
    shape.side > 1 && shape.stride == 1 && 2 * shape.outputs <= Vector.width
  }

  static func scratchCount(_ shape: ConvolutionShape) -> Int {
    let width = productWidth(shape)
    return FloatMemory.aligned(shape.inputs * width)
      + max(
        shape.height * shape.width * width,
        shape.borderedGradient.count + shape.side * shape.inputs)
  }

  private static func productWidth(_ shape: ConvolutionShape) -> Int {
    Vector.vectors(for: shape.side * shape.side * shape.outputs) * Vector.width
  }

  init(_ shape: ConvolutionShape, _ scratch: Floats) {
    self.shape = shape
    width = ThinConvolution.productWidth(shape)
    weights = Operand(scratch)
    products = weights + FloatMemory.aligned(shape.inputs * width)
  }

  private var taps: Int { shape.side * shape.side }

  func forward(
    _ x: Floats, weights filter: Floats, bias: Floats, residual: Residual, into y: Floats
  ) {
    bias.require([shape.outputs], "the bias")
    y.require([shape.outputHeight, shape.outputWidth, shape.outputs], "y")
    pack(filter)
    Product(
      rows: shape.height * shape.width, columns: width, depth: shape.inputs,
      a: .init(base: Operand(x), row: shape.inputs, step: 1), b: .init(base: weights, step: width),
      c: products, cRow: width
    ).run(.zero)
    start(y.base, bias, residual)
    for tap in 0..<taps { add(tap, to: y.base) }
  }

  /// [I, taps, O], padded with zeros.
  private func pack(_ filter: Floats) {
    filter.require([taps, shape.inputs, shape.outputs], "the weights")
    weights.require(rows: shape.inputs, width, apart: width, "the scratch memory")
    let weights = weights.address
    weights.update(repeating: 0, count: shape.inputs * width)
    for tap in 0..<taps {
      for i in 0..<shape.inputs {
        for o in 0..<shape.outputs {
          weights[i * width + tap * shape.outputs + o] =
            filter.base[(tap * shape.inputs + i) * shape.outputs + o]
        }
      }
    }
  }

  private func start(
    _ y: UnsafeMutablePointer<Float>, _ bias: Floats, _ residual: Residual
  ) {
    let pixels = shape.outputHeight * shape.outputWidth
    for pixel in 0..<pixels {
      for o in 0..<shape.outputs { y[pixel * shape.outputs + o] = bias.base[o] }
    }
    if case .add(let block) = residual {
      block.require([pixels, shape.outputs], "the residual")
      for i in 0..<pixels * shape.outputs { y[i] += block.base[i] }
    }
  }

  /// Adds a tap's products to the output pixels that read their input through it.
  private func add(_ tap: Int, to y: UnsafeMutablePointer<Float>) {
    let (down, right) = (tap / shape.side - shape.before, tap % shape.side - shape.before)
    let (top, left) = (max(0, -down), max(0, -right))
    let bottom = max(top, min(shape.outputHeight, shape.height - down))
    let end = max(left, min(shape.outputWidth, shape.width - right))
    for row in top..<bottom {
      let from =
        products.address + ((row + down) * shape.width + right) * width + tap * shape.outputs
      let to = y + row * shape.outputWidth * shape.outputs
      for column in left..<end {
        for o in 0..<shape.outputs { to[column * shape.outputs + o] += from[column * width + o] }
      }
    }
  }

  /// dw += Σ_pixels x ⊗ dy, where rows are taps and columns input channels.
  func weightGradient(_ x: Floats, dy: Floats, addedTo dw: Floats) {
    let (side, inputs, outputs) = (shape.side, shape.inputs, shape.outputs)
    let (padded, plane) = (products, shape.borderedGradient)
    dw.require([side, side, inputs, outputs], "dw")
    pad(Operand(dy), shape.output, into: padded, plane, border: shape.gradientBorder)
    let sums = padded + plane.count
    for o in 0..<outputs {
      for row in 0..<side {
        // An output reads the input left of it through the first tap: over dy, taps run backwards.
        let last = padded + (side - 1 - row) * plane.rowLength + (side - 1) * outputs + o
        Product(
          rows: side, columns: inputs, segments: shape.height, depth: shape.width,
          a: .init(base: last, row: -outputs, step: outputs, segment: plane.rowLength),
          b: .init(base: Operand(x), step: inputs, segment: shape.width * inputs),
          c: sums, cRow: inputs
        ).run(.zero)
        let target = dw.base + row * side * inputs * outputs + o
        for i in 0..<side * inputs { target[i * outputs] += sums.address[i] }
      }
    }
  }
}
