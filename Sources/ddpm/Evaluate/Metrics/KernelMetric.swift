// The kernel distance: unbiased for any number of images.

import Diffusion

extension Metric {
  package static let kd = Metric(
    name: "kd", needs: [.cells, .features], leastImages: QualityMetrics.leastCount,
    tables: [
      CellTable(
        title: "Kernel distance",
        note: { _ in
          "Less is better, 0 on average for images like the real ones; ± one standard error."
        },
        quantities: [
          Quantity(
            key: "kernel_distance", source: .images { images, _ in images.features?.kernel },
            scale: .less(.errors))
        ])
    ])
}
