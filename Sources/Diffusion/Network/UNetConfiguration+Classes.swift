// The classes of a conditional network, as against the rows of its table.

extension UNetConfiguration {
  /// How many classes images can be of: their labels are 0 ..< labelCount; nil for an unconditional
  /// network.
  package var labelCount: Int? { nullClass ?? classes }

  /// The labels of a data set's images, checked, where the network is conditioned on them.
  func labels(_ labels: [UInt8]?, images: Int) -> [UInt8]? {
    guard let labelCount else { return nil }
    guard let labels, labels.count == images, labels.allSatisfy({ $0 < labelCount }) else {
      preconditionFailure("a network of \(labelCount) classes needs one label per image below that")
    }
    return labels
  }
}
