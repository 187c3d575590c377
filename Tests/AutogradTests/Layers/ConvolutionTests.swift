// Convolution layers: gradients against differences, sizes, rows, residuals, concatenated inputs.

import Autograd
import TestSupport
import Testing

/// A convolution with few channels or with enough to fill vectors.
private struct Filter: CustomTestStringConvertible {
  var inputs = 3
  var outputs = 4
  var side = 3
  var stride = 1
  var padding = Padding.same

  var testDescription: String { "\(side) x \(side) x \(inputs) by \(stride), \(padding)" }

  func layer(_ layout: inout ParameterLayout) -> Convolution {
    Convolution(
      "conv", inputs: inputs, outputs: outputs, side: side, stride: stride, padding: padding,
      in: &layout)
  }

  static let all = [
    Filter(), Filter(stride: 2), Filter(stride: 2, padding: .bottomRight), Filter(side: 1),
    Filter(side: 1, stride: 2), Filter(inputs: 8, outputs: 9),
  ]

  /// Its input in these tests.
  var image: Shape { Shape(height: 5, width: 4, channels: inputs) }
}

@Test(arguments: Filter.all)
private func convolutionGradientIsTheDifference(filter: Filter) {
  checkGradient(
    Network(filter.image) { layout in
      let conv = filter.layer(&layout)
      return { x, tape in conv(x[0], on: tape) }
    })
}

@Test(arguments: Filter.all)
private func convolutionGradientsOfRowAndResidualAreTheDifferences(filter: Filter) {
  let height = filter.stride == 1 ? 5 : filter.padding == .same ? 3 : 2
  let result = Shape(height: height, width: 4 / filter.stride, channels: filter.outputs)
  checkGradient(
    Network(filter.image, Shape(channels: filter.outputs), result) { layout in
      let conv = filter.layer(&layout)
      return { x, tape in conv(x[0], row: x[1], residual: x[2], on: tape) }
    })
}

/// Two tensors of an odd number of channels each, and the layer that reads them.
private func pointwise(_ body: @escaping (Convolution, Tensor, Tensor, Tape) -> Tensor) -> Network {
  Network(Shape(height: 5, width: 4, channels: 3), Shape(height: 5, width: 4, channels: 9)) {
    layout in
    let conv = Filter(inputs: 12, outputs: 7, side: 1).layer(&layout)
    return { x, tape in body(conv, x[0], x[1], tape) }
  }
}

@Test func theGradientOfTensorsSideBySideIsTheDifference() {
  checkGradient(pointwise { conv, a, b, tape in conv(ChannelConcatenation(a, b), on: tape) })
  checkGradient(
    pointwise { conv, a, b, tape in
      // The same tensor several times in a concatenation.
      tape.concatenate(ChannelConcatenation(conv(ChannelConcatenation(a, a, a, a), on: tape), b))
    })
}

@Test func tensorsSideBySideAreFilteredAsIfTheyWereJoined() {
  let results = [
    pointwise { conv, a, b, tape in conv(ChannelConcatenation(a, b), on: tape) },
    pointwise { conv, a, b, tape in conv(tape.concatenate(ChannelConcatenation(a, b)), on: tape) },
  ].map { network in
    let run = network.record(for: .inference, images: 2)
    run.tape.forward()
    return run.result(2)
  }
  // Sums of twelve products; only the start of the second part is added in another order.
  expectClose(results[0], results[1].doubles, absolute: 1e-6, relative: 1e-6)
}

@Test(arguments: [
  (Padding.same, 1, Shape(height: 7, width: 6, channels: 4)),
  (.same, 2, Shape(height: 4, width: 3, channels: 4)),
  (.bottomRight, 2, Shape(height: 3, width: 3, channels: 4)),
])
func paddingDecidesTheSize(padding: Padding, stride: Int, expected: Shape) {
  let network = Network(Shape(height: 7, width: 6, channels: 3)) { layout in
    let conv = Filter(stride: stride, padding: padding).layer(&layout)
    return { x, tape in conv(x[0], on: tape) }
  }
  #expect(network.record(for: .inference, images: 1).output.shape == expected)
}

@Test func aRowIsAddedToItsOwnImageOnly() {
  let network = Network(Filter().image, Shape(channels: 4)) { layout in
    let conv = Filter().layer(&layout)
    return { x, tape in conv(x[0], row: x[1], on: tape) }
  }
  let run = network.record(for: .inference, images: 2)
  let rows = run.tape[run.inputs[1]]
  rows.fill(0)
  run.tape.forward()
  let before = run.result(2)
  rows[4 + 2] = 1
  run.tape.forward()
  let changed = zip(run.result(2), before).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
  #expect(changed == (20..<40).map { $0 * 4 + 2 })
}
