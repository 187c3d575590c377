// Every image once per epoch, in an order that depends on the seed and the epoch.

import Diffusion
import Testing

@Suite struct BatchOrderTests {
  private func order(_ steps: Range<Int>, batch: Int = 7, images: Int = 50, seed: UInt64 = 0)
    -> [Int]
  {
    var order = BatchOrder(images: images, seed: seed)
    return steps.flatMap { order.indices(step: $0, batch: batch) }
  }

  /// Batches smaller and larger than the data, dividing it and not.
  @Test(arguments: [1, 7, 10, 50, 64]) func everyEpochHasEveryImageOnce(batch: Int) {
    let seen = order(0..<(200 + batch - 1) / batch, batch: batch)
    for epoch in 0..<4 {
      #expect(seen[epoch * 50..<(epoch + 1) * 50].sorted() == Array(0..<50))
    }
  }

  @Test func epochsAndSeedsHaveOrdersOfTheirOwn() {
    let (epochs, other) = (order(0..<3, batch: 50), order(0..<3, batch: 50, seed: 1))
    let orders = [epochs, other].flatMap { seen in
      (0..<3).map { Array(seen[$0 * 50..<($0 + 1) * 50]) }
    }
    #expect(Set(orders).count == 6)
    #expect(!orders.contains(Array(0..<50)))
    #expect(epochs == order(0..<3, batch: 50))
  }

  /// A training resumed from a checkpoint gets the batches it would have got.
  @Test func theOrderDoesNotDependOnTheStepsBefore() {
    var fresh = BatchOrder(images: 50, seed: 3)
    let all = order(0..<20, seed: 3)
    #expect(fresh.indices(step: 15, batch: 7) == Array(all[105..<112]))
    #expect(fresh.indices(step: 2, batch: 7) == Array(all[14..<21]))
  }

  @Test func everyPlaceIsAsLikelyForEveryImage() {
    // First images of 6000 epochs of 3: about 2000 each, 37 being the standard deviation.
    var order = BatchOrder(images: 3, seed: 5)
    var counts = [0, 0, 0]
    for epoch in 0..<6000 { counts[order.indices(step: 3 * epoch, batch: 1)[0]] += 1 }
    #expect(counts.allSatisfy { abs($0 - 2000) < 150 }, "\(counts)")
  }
}
