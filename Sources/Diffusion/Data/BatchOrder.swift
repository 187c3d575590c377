// Which images a step trains on: each once per epoch, in an order that depends only on seed and epoch.

package import Autograd
internal import Kernels

/// The order of images over a whole training.
package struct BatchOrder {
  private let random: Philox
  private let images: Int
  private var epoch: Int?
  private var order: [Int]

  package init(images: Int, seed: UInt64, stream: RandomStream = .shuffle) {
    random = Philox(seed: seed, stream: stream.rawValue)
    self.images = images
    order = Array(0..<images)
  }

  /// The images of a step, counted from 0; steps run on over the epochs' ends.
  package mutating func indices(step: Int, batch: Int) -> [Int] {
    (step * batch..<(step + 1) * batch).map { place in
      if place / images != epoch { shuffle(epoch: place / images) }
      return order[place % images]
    }
  }

  /// Fisher and Yates's shuffle of 0 ..< images.
  private mutating func shuffle(epoch: Int) {
    self.epoch = epoch
    for i in 0..<images { order[i] = i }
    for i in stride(from: images - 1, to: 0, by: -1) {
      let word = random.block(item: UInt32(i), time: UInt32(truncatingIfNeeded: epoch), index: 0)[0]
      order.swapAt(i, Int(word.multipliedFullWidth(by: UInt32(i + 1)).high))
    }
  }
}
