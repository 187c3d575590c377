// Average pooling and the cross-entropy.

import Foundation

extension Reference {
  /// For each input value of an image, [height, width, channels], the index of the pooled value and
  /// the number of values that it averages.
  package static func pooling(
    height: Int, width: Int, channels: Int
  ) -> [(place: Int, shared: Int)] {
    let pooledWidth = (width + 1) / 2
    let places = (0..<height * width * channels).map { i in
      let (row, column) = (i / channels / width, i / channels % width)
      return (row / 2 * pooledWidth + column / 2) * channels + i % channels
    }
    return places.map { place in (place, places.filter { $0 == place }.count) }
  }

  /// e^x over the sum of e^x.
  package static func softmax(_ x: [Double]) -> [Double] {
    let most = x.max() ?? 0
    let powers = x.map { exp($0 - most) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  /// -ln softmax(x)[label].
  package static func crossEntropy(_ x: [Double], label: Int) -> Double {
    let most = x.max() ?? 0
    return log(x.reduce(0) { $0 + exp($1 - most) }) + most - x[label]
  }
}
