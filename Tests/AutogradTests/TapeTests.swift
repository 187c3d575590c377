// Tapes: gradients of small networks, repeated runs, fewer images than the capacity, micro-batches.

import Autograd
import Kernels
import TestSupport
import Testing

/// A tensor read by three operations, by one of them twice, and a layer used twice.
private func branches() -> Network {
  Network(Shape(height: 3, width: 4, channels: 8), Shape(channels: 16)) { layout in
    let norm = GroupNorm("norm", channels: 8, groups: 2, epsilon: 1e-5, in: &layout)
    let conv = Convolution("conv", inputs: 8, outputs: 8, in: &layout)
    let time = Dense("time", inputs: 16, outputs: 8, in: &layout)
    let out = Dense("out", inputs: 16, outputs: 3, in: &layout)
    return { x, tape in
      let e = tape.silu(x[1])
      let row = time(e, on: tape)
      let h = conv(norm(x[0], activation: .silu, on: tape), row: row, residual: x[0], on: tape)
      let again = norm(h, modulation: e, activation: .identity, on: tape)
      let g = conv(again, row: row, residual: h, on: tape)
      return out(tape.concatenate(ChannelConcatenation(tape.affine(g, scale: 0.5), h)), on: tape)
    }
  }
}

/// A small U-Net: downsampling, attention, upsampling, a skip connection and dropout.
private func hourglass() -> Network {
  Network(Shape(height: 4, width: 4, channels: 2)) { layout in
    let convIn = Convolution("in", inputs: 2, outputs: 4, in: &layout)
    let down = Convolution("down", inputs: 4, outputs: 4, stride: 2, in: &layout)
    let norm = GroupNorm("norm", channels: 4, groups: 2, epsilon: 1e-5, in: &layout)
    let projections = ["q", "k", "v", "o"].map {
      Dense($0, inputs: 4, outputs: 4, in: &layout)
    }
    let up = Convolution("up", inputs: 4, outputs: 4, in: &layout)
    let convOut = Convolution("out", inputs: 8, outputs: 1, side: 1, in: &layout)
    return { x, tape in
      let skip = convIn(x[0], on: tape)
      let low = tape.dropout(down(skip, on: tape), rate: 0.25, seed: 5, layer: 0)
      let n = norm(low, activation: .silu, on: tape)
      let (q, k, v) = (
        projections[0](n, on: tape), projections[1](n, on: tape), projections[2](n, on: tape)
      )
      let seen = tape.attention(q: q, k: k, v: v, heads: 2)
      let h = projections[3](seen, residual: low, on: tape)
      let back = up(tape.upsample(h), on: tape)
      return convOut(tape.concatenate(ChannelConcatenation(back, skip)), on: tape)
    }
  }
}

@Test func gradientsOfTensorsWithSeveralReadersAreTheDifferences() {
  checkGradient(branches())
}

@Test func gradientsOfASmallUNetAreTheDifferences() {
  checkGradient(hourglass())
}

@Test func inferenceAndTrainingGiveTheSameBytes() {
  let network = branches()
  let runs = [Tape.Purpose.inference, .training].map { network.record(for: $0, images: 3) }
  for run in runs { run.tape.forward() }
  #expect(runs[0].result(3) == runs[1].result(3))
  #expect(runs[0].result(3).contains { $0 != 0 })
}

@Test func inferenceNeedsItsInputsNoSecondTime() {
  let run = branches().record(for: .inference, images: 2)
  run.tape.forward()
  let first = run.result(2)
  run.tape.forward()
  #expect(run.result(2) == first)
}

@Test func aTapeRunTwiceGivesTheSameBytes() {
  let network = hourglass()
  let run = network.record(for: .training, images: 2)
  let gradient = uniform(2 * run.output.shape.count, seed: 3)
  let results = (0..<2).map { _ in
    run.tape.parameterGradients.fill(0)
    run.train(gradient)
    return [
      run.result(2), run.tape.gradient(run.inputs[0]).array, run.tape.parameterGradients.array,
    ]
  }
  #expect(results[0] == results[1])
}

@Test func parameterGradientsAreAddedAndInputGradientsReplaced() {
  let network = branches()
  let run = network.record(for: .training, images: 2)
  let gradient = uniform(2 * run.output.shape.count, seed: 3)
  run.train(gradient)
  let once = (run.tape.gradient(run.inputs[0]).array, run.tape.parameterGradients.array)
  run.train(gradient)
  #expect(run.tape.gradient(run.inputs[0]).array == once.0)
  // Every addition rounds, so this is not exactly twice the gradient.
  expectClose(
    run.tape.parameterGradients.array, once.1.map { 2 * Double($0) }, absolute: 1e-4, relative: 1e-5
  )
}

@Test(arguments: [Tape.Purpose.inference, .training])
func fewerImagesThanTheCapacityAreTheFirstOnes(purpose: Tape.Purpose) {
  let network = branches()
  let (all, one) = (
    network.record(for: purpose, images: 3), network.record(for: purpose, images: 1)
  )
  all.tape.forward()
  let expected = all.result(3)
  one.tape.forward()
  all.tape.images = 1
  all.tape.forward()
  #expect(all.result(1) == Array(expected.prefix(all.output.shape.count)))
  #expect(all.result(1) == one.result(1))
}

@Test func gradientsOfFewerImagesLeaveTheOthersOut() {
  let network = hourglass()
  let (all, one) = (
    network.record(for: .training, images: 3), network.record(for: .training, images: 1)
  )
  all.tape.images = 1
  for run in [all, one] {
    run.train(uniform(run.output.shape.count, seed: 3))
  }
  #expect(all.tape.parameterGradients.array == one.tape.parameterGradients.array)
  let count = all.inputs[0].shape.count
  #expect(
    all.tape.gradient(all.inputs[0]).prefix(count)
      == one.tape.gradient(one.inputs[0]).prefix(count))
}

@Test func gradientsOfABatchAreTheSumOfItsImages() {
  let network = branches()
  let run = network.record(for: .training, images: 2)
  let count = run.output.shape.count
  let gradient = uniform(2 * count, seed: 3)
  run.train(gradient)
  let whole = run.tape.parameterGradients.array
  run.tape.parameterGradients.fill(0)
  let zeros = [Float](repeating: 0, count: count)
  let parts = [Array(gradient.prefix(count)) + zeros, zeros + Array(gradient.suffix(count))]
  for part in parts {
    run.train(part)
  }
  // The same terms in another order.
  expectClose(run.tape.parameterGradients.array, whole.doubles, absolute: 1e-5, relative: 1e-5)
}

/// Levels with micro-batches of one, some and all of four images.
private func pyramid() -> Network {
  Network(Shape(height: 40, width: 40, channels: 2), Shape(channels: 8)) { layout in
    let convIn = Convolution("in", inputs: 2, outputs: 8, in: &layout)
    let norms = (0..<3).map {
      GroupNorm("norm.\($0)", channels: $0 == 2 ? 16 : 8, groups: 2, epsilon: 1e-5, in: &layout)
    }
    let times = (0..<2).map { Dense("time.\($0)", inputs: 8, outputs: 8, in: &layout) }
    let down = (0..<2).map {
      Convolution("down.\($0)", inputs: 8, outputs: 8, stride: 2, in: &layout)
    }
    let up = (0..<2).map { Convolution("up.\($0)", inputs: 8, outputs: 8, in: &layout) }
    let convOut = Convolution("out", inputs: 16, outputs: 1, in: &layout)
    return { x, tape in
      let e = tape.silu(x[1])
      let high = convIn(x[0], on: tape)
      let row = times[0](e, on: tape)
      let middle = down[0](norms[0](high, activation: .silu, on: tape), row: row, on: tape)
      let low = down[1](middle, row: times[1](e, on: tape), on: tape)
      let h = up[0](tape.upsample(norms[1](low, activation: .silu, on: tape)), on: tape)
      let g = up[1](tape.upsample(h), on: tape)
      return convOut(
        norms[2](tape.concatenate(ChannelConcatenation(g, high)), activation: .silu, on: tape),
        on: tape)
    }
  }
}

@Test func largeImagesTurnBackOneByOne() {
  let run = pyramid().record(for: .training, images: 4)
  var turns: [Range<Int>] = []
  run.tape.train { turns.append($0) }
  #expect(turns == [0..<1, 1..<2, 2..<3, 3..<4])
}

@Test(arguments: [Tape.Purpose.inference, .training])
func imagesThatAreWorkedOnTogetherAreWhatTheyAreAlone(purpose: Tape.Purpose) {
  let network = pyramid()
  let images = 4
  let (all, one) = (
    network.record(for: purpose, images: images), network.record(for: purpose, images: 1)
  )
  let gradient = uniform(images * all.output.shape.count, seed: 3)
  switch purpose {
  case .inference: all.tape.forward()
  case .training: all.train(gradient)
  }
  let results = all.result(images)
  for image in 0..<images {
    for (alone, together) in zip(one.inputs, all.inputs) {
      one.tape[alone].copy(
        from: all.tape[together].slice(image * alone.shape.count, alone.shape.count))
    }
    let part = image * one.output.shape.count..<(image + 1) * one.output.shape.count
    switch purpose {
    case .inference: one.tape.forward()
    case .training: one.train(Array(gradient[part]))
    }
    #expect(one.result(1) == Array(results[part]))
    guard purpose == .training else { continue }
    for (alone, together) in zip(one.inputs, all.inputs) {
      let count = alone.shape.count
      #expect(
        one.tape.gradient(alone).prefix(count)
          == all.tape.gradient(together).slice(image * count, count).array)
    }
  }
  guard purpose == .training else { return }
  // The same terms in another order, hundreds of thousands of them.
  expectClose(
    all.tape.parameterGradients.array, one.tape.parameterGradients.array.doubles,
    absolute: 1e-3, relative: 1e-4)
}
