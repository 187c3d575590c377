// Some images of a set, drawn at random, always the same ones.

extension ByteImages {
  /// The places of `count` images drawn at random, always the same ones: sets are often sorted, MNIST's
  /// test images by difficulty, and evenly spaced places could coincide with a period of the labels.
  func drawnPlaces(_ count: Int) -> [Int] {
    var order = BatchOrder(images: self.count, seed: 0)
    return order.indices(step: 0, batch: count)
  }

  /// The images at places drawn at random.
  func drawn(_ count: Int) -> ByteImages { picked(drawnPlaces(count)) }

  /// The images at these places, in their order.
  package func picked(_ places: [Int]) -> ByteImages {
    ByteImages(
      size: size,
      pixels: places.flatMap { pixels[$0 * size.values..<($0 + 1) * size.values] })
  }
}

extension Dataset {
  /// `count` images drawn at random, always the same ones, with their labels; at most all.
  package func drawn(_ count: Int) -> Dataset {
    let count = min(count, images.count)
    return Dataset(
      images: images.drawn(count),
      labels: labels.map { labels in images.drawnPlaces(count).map { labels[$0] } },
      name: name, classNames: classNames)
  }
}
