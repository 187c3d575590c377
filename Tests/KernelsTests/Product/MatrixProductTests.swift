// Dense layers and their gradients against the reference, exactly.

import Kernels
import TestSupport
import Testing

/// A dense layer's operands, usually with 29 rows: two tiles and a remainder.
private struct Layer {
  let rows: Int
  let inputs: Int
  let outputs: Int
  let x: [Float]
  let weights: [Float]
  let bias: [Float]
  /// Of the result's shape: a residual or a gradient.
  let block: [Float]
  /// Of the weights' shape.
  let earlier: [Float]

  init(_ inputs: Int, _ outputs: Int, rows: Int = 29) {
    (self.inputs, self.outputs, self.rows) = (inputs, outputs, rows)
    x = eighths(rows * inputs, seed: 1)
    weights = eighths(inputs * outputs, seed: 2)
    bias = eighths(outputs, seed: 3)
    block = eighths(rows * outputs, seed: 4)
    earlier = eighths(inputs * outputs, seed: 5)
  }

  func forward(_ residual: Residual) -> [Float] {
    let y = Guarded(count: rows * outputs)
    let (x, weights, bias) = (Guarded(x), Guarded(weights), Guarded(bias))
    productForward(
      x.floats, rows: rows, inputs: inputs, weights: weights.floats, bias: bias.floats,
      residual: residual, into: y.floats, outputs: outputs)
    return y.values()
  }
}

@Test(arguments: awkwardChannels, awkwardChannels)
func denseIsProductPlusBiasPlusResidual(inputs: Int, outputs: Int) {
  let layer = Layer(inputs, outputs)
  let product = Reference.product(layer.x.doubles, layer.weights.doubles, depth: inputs)
  let expected = product.indices.map { product[$0] + Double(layer.bias[$0 % outputs]) }
  expectExact(layer.forward(.none), expected)

  let residual = Guarded(layer.block)
  expectExact(
    layer.forward(.add(residual.floats)), zip(expected, layer.block.doubles).map { $0 + $1 })
}

@Test(arguments: awkwardChannels, awkwardChannels)
func denseInputGradientIsTheProductWithTheTranspose(inputs: Int, outputs: Int) {
  let layer = Layer(inputs, outputs)
  let (weights, dy, flipped) = (
    Guarded(layer.weights), Guarded(layer.block), Guarded(count: inputs * outputs)
  )
  flipWeights(weights.floats, taps: 1, inputs: inputs, outputs: outputs, into: flipped.floats)
  let transposed = Reference.transpose(layer.weights.doubles, columns: outputs)
  expectExact(flipped.values(), transposed)

  let expected = Reference.product(layer.block.doubles, transposed, depth: outputs)
  let (replaced, added) = (Guarded(count: layer.rows * inputs), Guarded(target: layer.x))
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    productInputGradient(
      dy.floats, rows: layer.rows, outputs: outputs, flipped: flipped.floats, into: dx.floats,
      inputs: inputs, channels: 0..<inputs, accumulation)
  }
  expectExact(replaced.values(), expected)
  expectExact(added.values(), zip(expected, layer.x.doubles).map { $0 + $1 })
}

@Test(arguments: awkwardChannels, awkwardChannels)
func anAddedProductIsTheProductOnTopOfWhatWasThere(inputs: Int, outputs: Int) {
  let layer = Layer(inputs, outputs)
  let (x, weights, y) = (Guarded(layer.x), Guarded(layer.weights), Guarded(target: layer.block))
  addProduct(
    x.floats, rows: layer.rows, inputs: inputs, weights: weights.floats, to: y.floats,
    outputs: outputs)
  let product = Reference.product(layer.x.doubles, layer.weights.doubles, depth: inputs)
  expectExact(y.values(), zip(product, layer.block.doubles).map { $0 + $1 })
}

@Test(arguments: awkwardChannels.filter { $0 > 1 }, awkwardChannels)
func anInputGradientOfSomeChannelsIsThatPartOfTheWhole(inputs: Int, outputs: Int) {
  let layer = Layer(inputs, outputs)
  let transposed = Reference.transpose(layer.weights.doubles, columns: outputs)
  let (dy, flipped) = (Guarded(layer.block), Guarded(transposed.map(Float.init)))
  let whole = Reference.product(layer.block.doubles, transposed, depth: outputs)
  for channels in [0..<inputs / 2, inputs / 2..<inputs] {
    let dx = Guarded(count: layer.rows * channels.count)
    productInputGradient(
      dy.floats, rows: layer.rows, outputs: outputs, flipped: flipped.floats, into: dx.floats,
      inputs: inputs, channels: channels, .overwrite)
    let expected = (0..<layer.rows).flatMap { row in channels.map { whole[row * inputs + $0] } }
    expectExact(dx.values(), expected)
  }
}

@Test(arguments: awkwardChannels, awkwardChannels)
func denseWeightGradientIsAdded(inputs: Int, outputs: Int) {
  expectWeightGradient(Layer(inputs, outputs))
}

/// More rows than the second-level cache holds: two blocks of rows and a remainder.
@Test(arguments: [(48, 48), (33, 100), (130, 17)])
func weightGradientsOfThousandsOfRowsAreAdded(inputs: Int, outputs: Int) {
  expectWeightGradient(Layer(inputs, outputs, rows: 2 * 100_000 / (inputs + outputs) + 29))
}

private func expectWeightGradient(_ layer: Layer) {
  let (inputs, outputs) = (layer.inputs, layer.outputs)
  let (x, dy, dw) = (Guarded(layer.x), Guarded(layer.block), Guarded(target: layer.earlier))
  productWeightGradient(
    x.floats, dy: dy.floats, rows: layer.rows, inputs: inputs, outputs: outputs,
    addedTo: dw.floats)
  let expected = Reference.product(
    Reference.transpose(layer.x.doubles, columns: inputs), layer.block.doubles, depth: layer.rows)
  expectExact(dw.values(), zip(expected, layer.earlier.doubles).map { $0 + $1 })
}

@Test func aFlippedFilterIsReversedTapByTapAndTransposedInEach() {
  let (taps, inputs, outputs) = (9, 2, 3)
  let (weights, flipped) = (
    Guarded((0..<taps * inputs * outputs).map(Float.init)), Guarded(count: taps * inputs * outputs)
  )
  flipWeights(
    weights.floats, taps: taps, inputs: inputs, outputs: outputs, into: flipped.floats)
  let values = flipped.values()
  for tap in 0..<taps {
    for i in 0..<inputs {
      for o in 0..<outputs {
        let place = ((taps - 1 - tap) * outputs + o) * inputs + i
        #expect(values[place] == weights.floats[(tap * inputs + i) * outputs + o])
      }
    }
  }
}
