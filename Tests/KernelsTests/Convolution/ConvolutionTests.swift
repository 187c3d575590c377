// Direct convolution and its gradients against the reference, exactly.

import Kernels
import TestSupport
import Testing

/// A filter without its channels and its image's size.
private struct Filter: CustomTestStringConvertible {
  let side: Int
  let stride: Int
  let before: Int
  let after: Int

  var testDescription: String { "\(side) x \(side) by \(stride), padded \(before), \(after)" }

  func shape(height: Int, width: Int, inputs: Int, outputs: Int) -> ConvolutionShape {
    ConvolutionShape(
      height: height, width: width, inputs: inputs, outputs: outputs, side: side, stride: stride,
      before: before, after: after)
  }

  static let all = [
    Filter(side: 1, stride: 1, before: 0, after: 0),
    Filter(side: 1, stride: 2, before: 0, after: 0),
    Filter(side: 3, stride: 1, before: 1, after: 1),
    Filter(side: 3, stride: 2, before: 1, after: 1),
    Filter(side: 3, stride: 1, before: 0, after: 1),
    Filter(side: 3, stride: 2, before: 0, after: 1),
  ]
}

/// All passes of one convolution against the reference, exactly.
private func check(_ shape: ConvolutionShape) {
  let x = eighths(shape.inputCount, seed: 1)
  let w = eighths(shape.weightCount, seed: 2)
  let bias = eighths(shape.outputs, seed: 3)
  let block = eighths(shape.outputCount, seed: 4)
  let earlier = eighths(shape.weightCount, seed: 5)
  let (guardedX, weights, dy) = (Guarded(x), Guarded(w), Guarded(block))
  let (guardedBias, scratch) = (Guarded(bias), Guarded(count: shape.scratchCount))

  let y = Reference.convolution(shape, x.doubles, weights: w.doubles, bias: bias.doubles)
  let (alone, summed) = (Guarded(count: y.count), Guarded(count: y.count))
  for (result, residual) in [(alone, Residual.none), (summed, .add(dy.floats))] {
    convolutionForward(
      shape, guardedX.floats, weights: weights.floats, bias: guardedBias.floats,
      residual: residual, into: result.floats, scratch: scratch.floats)
  }
  expectExact(alone.values(), y)
  expectExact(summed.values(), zip(y, block.doubles).map { $0 + $1 })

  let expected = Reference.convolutionGradients(
    shape, x.doubles, weights: w.doubles, dy: block.doubles)
  let flipped = Guarded(count: shape.weightCount)
  flipWeights(
    weights.floats, taps: shape.side * shape.side, inputs: shape.inputs, outputs: shape.outputs,
    into: flipped.floats)
  let (replaced, added) = (Guarded(count: x.count), Guarded(target: x))
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    convolutionInputGradient(
      shape, dy: dy.floats, flipped: flipped.floats, into: dx.floats, accumulation,
      scratch: scratch.floats)
  }
  expectExact(replaced.values(), expected.dx)
  expectExact(added.values(), zip(expected.dx, x.doubles).map { $0 + $1 })

  let dw = Guarded(target: earlier)
  convolutionWeightGradient(
    shape, guardedX.floats, dy: dy.floats, addedTo: dw.floats, scratch: scratch.floats)
  expectExact(dw.values(), zip(expected.dw, earlier.doubles).map { $0 + $1 })
  _ = scratch.values()
}

@Test func anImageThatIsTooSmallForTheFilterHasNoResult() {
  let filter = Filter(side: 3, stride: 2, before: 0, after: 1)
  for (size, expected) in [(1, 0), (2, 1), (3, 1), (4, 2)] {
    let shape = filter.shape(height: size, width: 4, inputs: 1, outputs: 1)
    #expect(shape.outputHeight == expected && shape.outputWidth == 2)
    #expect(filter.shape(height: 4, width: size, inputs: 1, outputs: 1).outputWidth == expected)
  }
}

@Test(arguments: Filter.all)
private func convolutionIsExactForAwkwardChannels(filter: Filter) {
  for (inputs, outputs) in zip(awkwardChannels, awkwardChannels.reversed()) {
    check(filter.shape(height: 3, width: 4, inputs: inputs, outputs: outputs))
  }
}

@Test(arguments: Filter.all, [1, 5, 7, 9, 14, 28])
private func convolutionIsExactForAwkwardWidths(filter: Filter, width: Int) {
  // One pixel followed by one zero has no room for a filter of three.
  guard filter.before + width + filter.after >= filter.side else { return }
  check(filter.shape(height: 2, width: width, inputs: 3, outputs: 17))
  check(filter.shape(height: width, width: 2, inputs: 2, outputs: 5))
}
