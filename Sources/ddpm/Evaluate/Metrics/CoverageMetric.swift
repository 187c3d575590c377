// Precision, recall and classes: whether images look real, and whether all real ones are represented.

import Diffusion

extension Metric {
  package static let pr = Metric(
    name: "pr", needs: [.cells, .features], leastImages: QualityMetrics.leastCount,
    tables: [
      CellTable(
        title: "Precision / recall",
        note: { _ in
          "More is better: the share of samples that look real, and of real images that look like"
            + " some sample (\(PrecisionRecall.neighbours) nearest neighbours)."
        },
        quantities: [
          share("precision", scale: .more(.shares)) { $0.coverage.precision },
          share("recall", scale: .more(.shares)) { $0.coverage.recall },
        ])
    ],
    others: [
      share("confidence") { $0.classes.confidence },
      Quantity(
        key: "class_distance",
        source: .difference { images, floor in
          floor.features.flatMap { images.features?.classes.distance(to: $0.classes) }
        }),
    ])

  private static func share(
    _ key: String, scale: Heat.Scale? = nil,
    _ read: @escaping @Sendable (FeatureQuality) -> SampleMean
  ) -> Quantity {
    Quantity(
      key: key, source: .images { images, _ in images.features.map(read) }, scale: scale
    ) { decimals($0.value, 3) }
  }
}
