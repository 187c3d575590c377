// The nearest training images: whether a model draws new images or copies those it was trained on.

import Diffusion

extension Metric {
  /// An image is suspiciously near if at most this share of the test images is nearer to a training
  /// image.
  private static let nearShare = 0.05

  package static let neighbours = Metric(
    name: "neighbours", needs: [.cells, .training],
    tables: [
      CellTable(
        title: "Nearest training image: distance / share that is near",
        note: { _ in
          "The mean distance in pixels from 0 to 1, and the share nearer than all but"
            + " \(percent(nearShare)) of the test images. A model that remembers its training images is"
            + " nearer than the test images are; blurred images are too."
        },
        quantities: [
          Quantity(
            key: "nearest_training_image", source: .images { images, _ in images.neighbours.mean }
          ) { decimals($0.value, 2) },
          Quantity(
            key: "near_share",
            source: .images { images, floor in
              images.neighbours.share(nearerThan: floor.neighbours.quantile(nearShare))
            }
          ) { percent($0.value) },
        ],
        realImages: "test images")
    ],
    others: [
      Quantity(
        key: "nearest_training_image_least",
        source: .images { images, _ in images.neighbours.quantile(0) })
    ])
}
