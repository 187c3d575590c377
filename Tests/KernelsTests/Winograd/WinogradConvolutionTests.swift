// Winograd's convolution and its gradients against the reference.

import Kernels
import TestSupport
import Testing

/// Smaller than a tile, one tile, tiles with every remainder in both directions; several images;
/// odd channels.
private let shapes = [
  (1, 1, 1, 8, 8), (2, 4, 4, 1, 3), (1, 5, 7, 16, 17), (3, 3, 9, 8, 12), (2, 7, 7, 17, 33),
  (1, 14, 6, 31, 7), (1, 2, 28, 12, 16), (1, 8, 5, 48, 9), (2, 10, 14, 5, 19), (3, 17, 11, 9, 8),
].map { WinogradShape(images: $0.0, height: $0.1, width: $0.2, inputs: $0.3, outputs: $0.4) }

extension WinogradShape {
  /// The same convolution for the direct loop.
  fileprivate var direct: ConvolutionShape {
    ConvolutionShape(
      height: height, width: width, inputs: inputs, outputs: outputs, side: 3, stride: 1,
      before: 1, after: 1)
  }
}

/// A convolution's operands for all images.
private struct Sample {
  let shape: WinogradShape
  let x: [Float]
  let weights: [Float]
  let bias: [Float]
  /// Of the result's shape: a residual or a gradient.
  let block: [Float]

  init(_ shape: WinogradShape) {
    self.shape = shape
    x = uniform(shape.images * shape.direct.inputCount, seed: 1)
    weights = uniform(shape.direct.weightCount, seed: 2)
    bias = uniform(shape.images * shape.outputs, seed: 3)
    block = uniform(shape.images * shape.direct.outputCount, seed: 4)
  }

  /// One image's part of a batch.
  private func part(_ image: Int, of values: [Float]) -> [Double] {
    let count = values.count / shape.images
    return values[image * count..<(image + 1) * count].doubles
  }

  /// w * x + bias for every image, with a bias of its own or that of the first.
  func expected(biasRow: Int) -> [Double] {
    (0..<shape.images).flatMap { image in
      let start = image * biasRow
      return Reference.convolution(
        shape.direct, part(image, of: x), weights: weights.doubles,
        bias: bias[start..<start + shape.outputs].doubles)
    }
  }

  /// Every image's input gradient, and the weights' over all of them.
  var expectedGradients: (dx: [Double], dw: [Double]) {
    let all = (0..<shape.images).map { image in
      Reference.convolutionGradients(
        shape.direct, part(image, of: x), weights: weights.doubles, dy: part(image, of: block))
    }
    return (all.flatMap(\.dx), weights.indices.map { i in all.reduce(0) { $0 + $1.dw[i] } })
  }

  /// The block summed over each image's pixels.
  var expectedSums: [Double] {
    (0..<shape.images).flatMap { image in
      let values = part(image, of: block)
      return (0..<shape.outputs).map { c in
        stride(from: c, to: values.count, by: shape.outputs).reduce(0) { $0 + values[$1] }
      }
    }
  }

  /// `winogradWeights` of the weights as they are, or flipped.
  func transformed(flipped: Bool) -> Guarded {
    let (inputs, outputs) = (shape.inputs, shape.outputs)
    let (source, reversed) = (Guarded(weights), Guarded(count: weights.count))
    flipWeights(source.floats, taps: 9, inputs: inputs, outputs: outputs, into: reversed.floats)
    let result = Guarded(count: WinogradShape.weightCount(inputs: inputs, outputs: outputs))
    winogradWeights(
      flipped ? reversed.floats : source.floats, filters: inputs * outputs, into: result.floats)
    _ = result.values()
    return result
  }

  /// Among thousands of sums of `terms` products of numbers within ±1, the largest error of the
  /// direct loop is 0.8e-6·√terms, and that of Winograd's transforms twice as large.
  static func tolerance(terms: Int) -> Double { 4e-6 * Double(terms).squareRoot() }
}

@Test(arguments: shapes)
func winogradForwardMatchesTheReference(shape: WinogradShape) {
  let sample = Sample(shape)
  let (x, bias, residual) = (Guarded(sample.x), Guarded(sample.bias), Guarded(sample.block))
  let (weights, scratch) = (sample.transformed(flipped: false), Guarded(count: shape.scratchCount))
  for biasRow in [0, shape.outputs] {
    let expected = sample.expected(biasRow: biasRow)
    let (alone, summed) = (Guarded(count: expected.count), Guarded(count: expected.count))
    for (y, added) in [(alone, Residual.none), (summed, .add(residual.floats))] {
      winogradForward(
        shape, x.floats, weights: weights.floats, bias: bias.floats, biasRow: biasRow,
        residual: added, into: y.floats, scratch: scratch.floats)
    }
    let tolerance = Sample.tolerance(terms: 9 * shape.inputs)
    expectClose(alone.values(), expected, absolute: tolerance, relative: 0)
    expectClose(
      summed.values(), zip(expected, sample.block).map { $0 + Double($1) }, absolute: tolerance,
      relative: 0)
  }
  _ = scratch.values()
}

@Test(arguments: shapes)
func winogradGradientsMatchTheReference(shape: WinogradShape) {
  let sample = Sample(shape)
  let expected = sample.expectedGradients
  let (x, dy) = (Guarded(sample.x), Guarded(sample.block))
  let (flipped, scratch) = (sample.transformed(flipped: true), Guarded(count: shape.scratchCount))
  let zeros = Guarded([Float](repeating: 0, count: shape.inputs))
  let (replaced, added) = (Guarded(count: sample.x.count), Guarded(target: sample.x))
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    winogradInputGradient(
      shape, dy: dy.floats, flipped: flipped.floats, zeros: zeros.floats, into: dx.floats,
      accumulation, scratch: scratch.floats)
  }
  let tolerance = Sample.tolerance(terms: 9 * shape.outputs)
  expectClose(replaced.values(), expected.dx, absolute: tolerance, relative: 0)
  expectClose(
    added.values(), zip(expected.dx, sample.x).map { $0 + Double($1) }, absolute: tolerance,
    relative: 0)

  let (dw, sums) = (Guarded(target: sample.weights), Guarded(count: sample.bias.count))
  winogradWeightGradient(
    shape, x.floats, dy: dy.floats, addedTo: dw.floats, sums: sums.floats, scratch: scratch.floats)
  // Terms are within ±1, so no partial sum exceeds their number.
  let terms = shape.height * shape.width
  expectClose(sums.values(), sample.expectedSums, absolute: 5e-8 * Double(terms), relative: 0)
  expectClose(
    dw.values(), zip(expected.dw, sample.weights).map { $0 + Double($1) },
    absolute: Sample.tolerance(terms: shape.images * shape.height * shape.width), relative: 0)
  _ = scratch.values()
}

/// More tiles than a block holds. The direct loop, which other tests show to be exact, is a faster
/// reference.
@Test func manyBlocksOfTilesGiveTheDirectConvolution() {
  let shape = WinogradShape(images: 5, height: 18, width: 21, inputs: 48, outputs: 40)
  let (sample, direct) = (Sample(shape), shape.direct)
  let (x, w, dy) = (Guarded(sample.x), Guarded(sample.weights), Guarded(sample.block))
  let (bias, weights) = (Guarded(sample.bias), sample.transformed(flipped: false))
  let (y, directY) = (Guarded(count: sample.block.count), Guarded(count: sample.block.count))
  let (dw, directDW) = (
    Guarded(target: sample.weights.map { _ in 0 }), Guarded(target: sample.weights.map { _ in 0 })
  )
  let scratch = Guarded(count: max(shape.scratchCount, direct.scratchCount))
  let sums = Guarded(count: sample.bias.count)
  winogradForward(
    shape, x.floats, weights: weights.floats, bias: bias.floats, biasRow: 0, residual: .none,
    into: y.floats, scratch: scratch.floats)
  winogradWeightGradient(
    shape, x.floats, dy: dy.floats, addedTo: dw.floats, sums: sums.floats, scratch: scratch.floats)
  for image in 0..<shape.images {
    let (inputs, outputs) = (direct.inputCount, direct.outputCount)
    let image = (
      x: x.floats.slice(image * inputs, inputs), dy: dy.floats.slice(image * outputs, outputs),
      y: directY.floats.slice(image * outputs, outputs)
    )
    convolutionForward(
      direct, image.x, weights: w.floats, bias: bias.floats, residual: .none, into: image.y,
      scratch: scratch.floats)
    convolutionWeightGradient(
      direct, image.x, dy: image.dy, addedTo: directDW.floats, scratch: scratch.floats)
  }
  expectClose(
    y.values(), directY.values().doubles, absolute: Sample.tolerance(terms: 9 * shape.inputs),
    relative: 0)
  expectClose(
    dw.values(), directDW.values().doubles,
    absolute: Sample.tolerance(terms: shape.images * shape.height * shape.width), relative: 0)
}
