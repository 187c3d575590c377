// The means of an image's blocks of K x K pixels: what is left of it when it is made K times smaller.

package import Kernels

/// The blocks of K x K pixels of an image.
package struct BlockMeans {
  private let image: Floats
  private let means: Floats
  private let width: Int
  private let channels: Int
  private let factor: Int

  /// - Parameters:
  ///   - image: [H, W, C].
  ///   - means: [H/K, W/K, C], what the means of the blocks are to be.
  ///   - width: W.
  ///   - channels: C.
  ///   - factor: K, which H and W are multiples of.
  package init(of image: Floats, _ means: Floats, width: Int, channels: Int, factor: Int) {
    (self.image, self.means) = (image, means)
    (self.width, self.channels, self.factor) = (width, channels, factor)
  }

  /// Adds to every pixel what its block's mean lacks.
  package func set() {
    forEachBlock { places, mean in
      let sum = places.reduce(0.0) { $0 + Double(image[$1]) }
      let lacking = Float(mean - sum / Double(places.count))
      for place in places { image[place] += lacking }
    }
  }

  /// Adds the same to every pixel of a block and clips it to ±bound, so that the block's mean is right
  /// after that; means beyond the bound become the bound.
  package func set(within bound: Double) {
    forEachBlock { places, mean in
      let values = places.map { Double(image[$0]) }
      func clipped(_ value: Double) -> Double { min(max(value, -bound), bound) }
      // The mean grows with what is added: half the range again and again.
      let reach = bound + (values.map(abs).max() ?? 0)
      var (low, high) = (-reach, reach)
      for _ in 0..<BlockMeans.halvings {
        let middle = (low + high) / 2
        let sum = values.reduce(0) { $0 + clipped($1 + middle) }
        if sum < mean * Double(values.count) { low = middle } else { high = middle }
      }
      for (place, value) in zip(places, values) { image[place] = Float(clipped(value + high)) }
    }
  }

  /// So many narrow a range of a few levels below what single precision resolves.
  private static let halvings = 40

  private func forEachBlock(_ body: (_ places: [Int], _ mean: Double) -> Void) {
    let columns = width / factor
    for block in 0..<means.count / channels {
      let (top, left) = (block / columns * factor, block % columns * factor)
      for channel in 0..<channels {
        let places = (0..<factor * factor).map { pixel in
          ((top + pixel / factor) * width + left + pixel % factor) * channels + channel
        }
        body(places, Double(means[block * channels + channel]))
      }
    }
  }
}
