// Dropout: its rate, and what its masks depend on.

import Autograd
import TestSupport
import Testing

private let image = Shape(height: 20, width: 20, channels: 4)

/// The result of dropout on ones, for a batch that starts at an item of a step.
private func masks(
  rate: Float = 0.3, seed: UInt64 = 1, layer: Int = 0, step: UInt32 = 0, firstItem: UInt32 = 0,
  images: Int = 2
) -> [[Float]] {
  let network = Network(image) { _ in
    { x, tape in tape.dropout(x[0], rate: rate, seed: seed, layer: layer) }
  }
  let run = network.record(for: .training, images: images)
  run.tape[run.inputs[0]].fill(1)
  run.tape.place = (step, firstItem)
  run.tape.forward()
  let values = run.result(images)
  return (0..<images).map { Array(values[$0 * image.count..<($0 + 1) * image.count]) }
}

@Test(arguments: [0.1, 0.3, 0.8] as [Float])
func dropoutDropsAtItsRateAndScalesTheRestUp(rate: Float) {
  let values = masks(rate: rate, images: 10).flatMap { $0 }
  #expect(Set(values) == [0, 1 / (1 - rate)])
  let (p, n) = (Double(rate), Double(values.count))
  let share = Double(values.count { $0 == 0 }) / n
  // Five standard errors.
  #expect(abs(share - p) < 5 * (p * (1 - p) / n).squareRoot())
}

@Test func aMaskDependsOnSeedLayerStepAndItem() {
  let variants = [
    masks(), masks(seed: 2), masks(layer: 1), masks(step: 1), masks(firstItem: 2),
  ].flatMap { $0 }
  #expect(Set(variants).count == variants.count)
  #expect(masks() == masks())
}

@Test func aMaskDependsOnTheItemAndNotOnItsPlaceInTheShard() {
  #expect(masks(firstItem: 1)[0] == masks(firstItem: 0)[1])
  #expect(masks(images: 1)[0] == masks(images: 5)[0])
}
