// Gradients of the operations without parameters against differences.

import Autograd
import TestSupport
import Testing

private let image = Shape(height: 3, width: 2, channels: 6)

@Test func siluGradientIsTheDifference() {
  checkGradient(Network(image) { _ in { x, tape in tape.silu(x[0]) } })
}

@Test func affineGradientIsTheDifference() {
  checkGradient(Network(image) { _ in { x, tape in tape.affine(x[0], scale: -3, offset: 2) } })
}

/// Differences follow a slope of 2π where a step is a hundredth of a period, and not of ones as short as
/// those of likelihoods.
@Test func fourierFeaturesGradientIsTheDifference() {
  checkGradient(
    Network(image) { _ in
      { x, tape in tape.fourierFeatures(tape.affine(x[0], scale: 0.1), exponents: [1, 2]) }
    })
  let network = Network(image) { _ in { x, tape in tape.fourierFeatures(x[0], exponents: []) } }
  #expect(network.record(for: .inference, images: 1).output.shape == image)
}

@Test func aSumsGradientIsTheDifference() {
  checkGradient(
    Network([.varied(image), .varied(image)]) { _ in
      { x, tape in tape.silu(tape.add(x[0], tape.affine(tape.add(x[1], x[0]), scale: 2))) }
    })
}

@Test func upsampleGradientIsTheDifference() {
  checkGradient(Network(image) { _ in { x, tape in tape.upsample(x[0]) } })
}

@Test func averagePoolGradientIsTheDifference() {
  checkGradient(Network(image) { _ in { x, tape in tape.averagePool(x[0]) } })
}

@Test func crossEntropyGradientIsTheDifference() {
  let labels = Network.Input.given(Shape(channels: 1), [3, 0])
  checkGradient(
    Network([.varied(Shape(channels: 5)), labels]) { _ in
      { x, tape in tape.crossEntropy(x[0], labels: x[1]) }
    })
}

@Test func aFlattenedTensorIsTheSameNumbers() {
  let network = Network(image) { _ in { x, tape in tape.affine(x[0].flattened, scale: 1) } }
  let run = network.record(for: .inference, images: 2)
  run.tape.forward()
  #expect(run.output.shape == Shape(channels: image.count))
  #expect(run.result(2) == run.tape[run.inputs[0]].prefix(2 * image.count))
  checkGradient(network)
}

@Test func aTensorReadFlattenedAndNotHasBothGradients() {
  checkGradient(
    Network(Shape(height: 1, width: 1, channels: 6)) { _ in
      { x, tape in
        tape.concatenate(
          ChannelConcatenation(tape.silu(x[0]), tape.affine(x[0].flattened, scale: 2)))
      }
    })
}

@Test func concatenateGradientIsTheDifference() {
  checkGradient(
    Network(image, Shape(height: 3, width: 2, channels: 5)) { _ in
      { x, tape in tape.concatenate(ChannelConcatenation(x[0], x[1])) }
    })
}

@Test func aTensorConcatenatedWithItselfIsThereTwice() {
  let network = Network(image) { _ in
    { x, tape in tape.concatenate(ChannelConcatenation(x[0], x[0])) }
  }
  let run = network.record(for: .inference, images: 1)
  run.tape.forward()
  let x = run.tape[run.inputs[0]].prefix(image.count)
  let pixels = stride(from: 0, to: image.count, by: 6).map { Array(x[$0..<$0 + 6]) }
  #expect(run.result(1) == pixels.flatMap { $0 + $0 })
  checkGradient(network)
}

@Test(arguments: [1, 2, 3])
func attentionGradientIsTheDifference(heads: Int) {
  checkGradient(
    Network(image, image, image) { _ in
      { x, tape in tape.attention(q: x[0], k: x[1], v: x[2], heads: heads) }
    })
}

@Test func attentionOfATensorWithItselfHasTheDifferenceAsItsGradient() {
  checkGradient(
    Network(image) { _ in { x, tape in tape.attention(q: x[0], k: x[0], v: x[0], heads: 2) } })
}

@Test func attentionToGivenKeysLearnsItsQueries() {
  checkGradient(
    Network([.varied(image), .given(image, uniform(2 * image.count, seed: 9))]) { _ in
      { x, tape in tape.attention(q: x[0], k: x[1], v: x[1], heads: 2) }
    })
}

@Test func dropoutGradientIsTheDifference() {
  checkGradient(
    Network(image) { _ in { x, tape in tape.dropout(x[0], rate: 0.4, seed: 3, layer: 1) } })
}

@Test func dropoutIsNothingInInferenceAndAtRateZero() {
  for (purpose, rate) in [(Tape.Purpose.inference, Float(0.5)), (.training, 0)] {
    let run = Network(image) { _ in
      { x, tape in tape.affine(tape.dropout(x[0], rate: rate, seed: 3, layer: 0), scale: 1) }
    }.record(for: purpose, images: 2)
    run.tape.forward()
    #expect(run.result(2) == run.tape[run.inputs[0]].prefix(2 * image.count))
  }
}
