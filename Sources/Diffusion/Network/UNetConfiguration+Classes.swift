// What a network is conditioned on and outputs: classes, as against the rows of their table, and variances.

extension UNetConfiguration {
  /// How many classes images can be of: their labels are 0 ..< labelCount; nil for an unconditional
  /// network.
  package var labelCount: Int? { nullClass ?? classes }

  /// The classes that were learned, in their order; none for an unconditional network.
  package var seenClasses: [Int] {
    (0..<(labelCount ?? 0)).filter { !unseenClasses.contains($0) }
  }

  /// Whether there are twice as many channels out as in: a prediction, then a variance for each value.
  var learnsVariance: Bool { outChannels == 2 * inChannels }

  /// The labels of a data set's images, checked, where the network is conditioned on them.
  func labels(_ labels: [UInt8]?, images: Int) -> [UInt8]? {
    guard let labelCount else { return nil }
    guard let labels, labels.count == images, labels.allSatisfy({ $0 < labelCount }) else {
      preconditionFailure("a network of \(labelCount) classes needs one label per image below that")
    }
    return labels
  }
}
