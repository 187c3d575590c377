// Images that are held out of the training where a data set has no test split.

extension Dataset {
  /// One of so many images is held out.
  private static let heldOutShare = 10

  /// A part of a set that has no splits: the last tenth in an order drawn by a seed is the test split.
  ///
  /// - Parameters:
  ///   - split: the part.
  ///   - seed: which images are held out.
  /// - Returns: the part's images, in the set's order.
  func part(_ split: Split, seed: UInt64) -> Dataset {
    let count = images.count
    var order = BatchOrder(images: count, seed: seed, stream: .holdingOut)
    let drawn = order.indices(step: 0, batch: count)
    let trained = count - max(1, count / Dataset.heldOutShare)
    switch split {
    case .train: return picked(drawn[..<trained].sorted())
    case .test: return picked(drawn[trained...].sorted())
    }
  }

  private func picked(_ places: [Int]) -> Dataset {
    Dataset(
      images: images.picked(places), labels: labels.map { labels in places.map { labels[$0] } },
      name: name, classNames: classNames)
  }
}
