// Operands of a wrong shape, which would be read or written past the end of their blocks.

import Autograd
import Kernels
import Testing

private let image = Shape(height: 3, width: 2, channels: 4)
private let other = Shape(height: 3, width: 2, channels: 8)

/// A tape that is being recorded, and one layer of each kind for `image`.
private struct Recording {
  let tape: Tape
  let dense: Dense
  let conv: Convolution
  let halving: Convolution
  let norm: GroupNorm
  let table: Embedding

  init() {
    var layout = ParameterLayout()
    dense = Dense("dense", inputs: 4, outputs: 8, in: &layout)
    conv = Convolution("conv", inputs: 4, outputs: 8, in: &layout)
    halving = Convolution(
      "halving", inputs: 4, outputs: 8, stride: 2, padding: .bottomRight, in: &layout)
    norm = GroupNorm("norm", channels: 4, groups: 2, epsilon: 1e-5, in: &layout)
    table = Embedding("table", rows: 3, columns: 4, in: &layout)
    tape = Tape(Parameters(layout), for: .training, capacity: 2)
  }

  func input(_ shape: Shape) -> Tensor { tape.input(shape) }
}

/// Whether a program that stopped has said why.
private func says(_ message: String, _ result: ExitTest.Result?) -> Bool {
  let words = Array(message.utf8)
  let output = result?.standardErrorContent ?? []
  return output.indices.contains { output[$0...].starts(with: words) }
}

@Test func aDenseLayersResidualHasTheResultsShape() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let r = Recording()
    _ = r.dense(r.input(image), residual: r.input(image), on: r.tape)
  }
  #expect(says("dense: residual is 3 x 2 x 4 instead of 3 x 2 x 8", result))
}

@Test func aConvolutionsResidualHasTheResultsShape() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let r = Recording()
    _ = r.halving(r.input(image), residual: r.input(other), on: r.tape)
  }
  #expect(says("halving: residual is 3 x 2 x 8 instead of 1 x 1 x 8", result))
}

@Test func aConvolutionsRowHasAValueForEachOutput() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let r = Recording()
    _ = r.conv(r.input(image), row: r.input(Shape(channels: 4)), on: r.tape)
  }
  #expect(says("conv: row is 1 x 1 x 4 instead of 1 x 1 x 8", result))
}

@Test func anImageHasRoomForAFilter() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let r = Recording()
    _ = r.halving(r.input(Shape(height: 1, width: 2, channels: 4)), on: r.tape)
  }
  #expect(says("halving: 1 x 2 x 4 has no place for a filter of side 3", result))
}

@Test func aModulationHasTwoValuesForEachChannel() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let r = Recording()
    let modulation = r.input(Shape(channels: 4))
    _ = r.norm(r.input(image), modulation: modulation, activation: .silu, on: r.tape)
  }
  #expect(says("norm: modulation is 1 x 1 x 4 instead of 1 x 1 x 8", result))
}

@Test func anImageHasOneClassNumber() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let r = Recording()
    _ = r.table(r.input(Shape(channels: 4)), classes: r.input(Shape(channels: 2)), on: r.tape)
  }
  #expect(says("table: class numbers is 1 x 1 x 2 instead of 1 x 1 x 1", result))
}

@Test(arguments: [-1, 3] as [Float])
func aClassOutsideTheTableIsRefused(number: Float) async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    [number] in
    let r = Recording()
    let classes = r.input(Shape(channels: 1))
    r.tape.seal(result: r.table(r.input(Shape(channels: 4)), classes: classes, on: r.tape))
    r.tape[classes].fill(number)
    r.tape.forward()
  }
  #expect(says("table.weight: class \(Int(number)) of 3", result))
}

@Test func aLabelOutsideTheClassesIsRefused() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    let r = Recording()
    let labels = r.input(Shape(channels: 1))
    r.tape.seal(result: r.tape.crossEntropy(r.input(Shape(channels: 4)), labels: labels))
    r.tape[labels].fill(4)
    r.tape.forward()
  }
  #expect(says("label 4.0 of 4 classes", result))
}

@Test func theOptimizersArraysHaveTheParametersLength() async {
  let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
    var layout = ParameterLayout()
    _ = Dense("small", inputs: 4, outputs: 8, in: &layout)
    let small = Parameters(layout)
    _ = Dense("large", inputs: 40, outputs: 8, in: &layout)
    let large = Parameters(layout)
    AdamW().step(
      1, large, gradients: large.values, norm: 1, moments: .init(layout), ema: small,
      emaDecay: 0, learningRate: 1, workers: Workers(count: 1))
  }
  #expect(says("48 floats for 384 parameters", result))
}
