// Adam steps against the reference.

import Foundation
import Kernels
import TestSupport
import Testing

/// A step as in the papers, with corrections for the decays as they are in Float.
private func step(
  _ number: Int, weightDecay: Float = 0, gradientScale: Float = 1, emaDecay: Float = 0.9
) -> AdamStep {
  let decays: (Float, Float) = (0.9, 0.999)
  return AdamStep(
    learningRate: 1e-2, decays: decays,
    corrections: (
      Float(1 - pow(Double(decays.0), Double(number))),
      Float(1 - pow(Double(decays.1), Double(number)))
    ),
    epsilon: 1e-8, weightDecay: weightDecay, gradientScale: gradientScale,
    emaDecay: emaDecay)
}

/// A model under training: what the kernel works on.
private struct Model {
  let parameters: Guarded
  let moments: (Guarded, Guarded)
  let ema: Guarded

  init(_ count: Int) {
    let zeros = [Float](repeating: 0, count: count)
    parameters = Guarded(target: uniform(count, seed: 1))
    moments = (Guarded(target: zeros), Guarded(target: zeros))
    ema = Guarded(target: uniform(count, seed: 2))
  }

  func take(_ step: AdamStep, _ gradients: [Float], _ range: Range<Int>) {
    let guarded = Guarded(gradients)
    adam(
      step, parameters: parameters.floats, gradients: guarded.floats,
      moments: (moments.0.floats, moments.1.floats), ema: ema.floats,
      first: range.lowerBound, count: range.count)
  }

  var all: [[Float]] { [parameters, moments.0, moments.1, ema].map { $0.values() } }
}

@Test(arguments: [0, 0.1] as [Float], [1, 0.125] as [Float])
func adamFollowsTheReference(weightDecay: Float, gradientScale: Float) {
  let count = 70
  let model = Model(count)
  var expected = zip(model.parameters.values(), model.ema.values()).map {
    Reference.Trained(Double($0), ema: Double($1))
  }
  for number in 1...5 {
    let step = step(number, weightDecay: weightDecay, gradientScale: gradientScale)
    let gradients = uniform(count, bound: 3, seed: UInt64(10 + number))
    model.take(step, gradients, 0..<count)
    for i in expected.indices { expected[i].take(step, gradient: Double(gradients[i])) }
  }
  // Five steps, each with a few roundings of numbers up to 1 (the gradients' squares up to 9).
  expectClose(model.parameters.values(), expected.map(\.value), absolute: 4e-7, relative: 0)
  expectClose(model.ema.values(), expected.map(\.ema), absolute: 4e-7, relative: 0)
  expectClose(model.moments.0.values(), expected.map(\.moments.0), absolute: 1e-6, relative: 0)
  expectClose(model.moments.1.values(), expected.map(\.moments.1), absolute: 0, relative: 1e-6)
}

@Test func theFirstStepGoesByTheLearningRateWhateverTheGradient() {
  let model = Model(33)
  let before = model.parameters.values()
  let gradients = uniform(33, bound: 1e-3, seed: 3)
  model.take(step(1), gradients, 0..<33)
  let expected = zip(before, gradients).map { Double($0) - 1e-2 * ($1 < 0 ? -1 : 1) }
  // ε against the smallest gradient of 1e-6 or so, and roundings.
  expectClose(model.parameters.values(), expected, absolute: 2e-4, relative: 0)
}

@Test func weightDecayShrinksAParameterWithoutAGradient() {
  let model = Model(33)
  let before = model.parameters.values()
  model.take(step(1, weightDecay: 0.5), [Float](repeating: 0, count: 33), 0..<33)
  expectClose(
    model.parameters.values(), before.map { Double($0) * (1 - 0.5e-2) }, absolute: 0,
    relative: 2e-7)
}

@Test func anAverageOfDecayZeroIsTheParameters() {
  let model = Model(70)
  model.take(step(1, emaDecay: 0), uniform(70, seed: 3), 0..<70)
  #expect(model.ema.values() == model.parameters.values())
}

/// The bytes must not depend on how the parameters are divided between threads.
@Test(arguments: [[0, 70], [0, 16, 70], [0, 1, 17, 33, 70]])
func aStepInPartsIsTheWholeStep(bounds: [Int]) {
  let gradients = uniform(70, seed: 3)
  let (whole, parts) = (Model(70), Model(70))
  whole.take(step(1), gradients, 0..<70)
  for (start, end) in zip(bounds, bounds.dropFirst()) {
    parts.take(step(1), gradients, start..<end)
  }
  #expect(parts.all == whole.all)
}

@Test(arguments: [1, 7, 16, 17, 1025])
func theSumOfSquaresIsExactForEighths(count: Int) {
  let values = eighths(count, seed: 1)
  let x = Guarded(values)
  #expect(sumOfSquares(x.floats) == values.doubles.reduce(0) { $0 + $1 * $1 })
}

@Test func theSumOfSquaresKeepsItsPrecisionOverAMillionTerms() {
  let count = 1 << 20
  let memory = FloatMemory(count: count)
  memory.all.fill(0.1)
  let expected = Double(count) * Double(Float(0.1)) * Double(Float(0.1))
  #expect(abs(sumOfSquares(memory.all) - expected) <= 1e-9 * expected)
}
