// The Frechet distance: measured on many images, extrapolated from fewer, left out for too few.

import Diffusion

extension Metric {
  package static let fd = Metric(
    name: "fd", needs: [.cells, .features], leastImages: QualityMetrics.leastCount,
    tables: [
      CellTable(
        title: "Frechet distance",
        note: { _ in
          "Less is better; ± is the bootstrap's deviation. Only comparable for as many images and the"
            + " same features."
        },
        quantities: [
          Quantity(
            key: "frechet_distance", source: .images { images, _ in images.features?.frechet },
            scale: .less(.ratio))
        ],
        isShown: { $0?.hasFewImages == false }),
      CellTable(
        title: "Frechet distance of infinitely many images, extrapolated",
        note: { about in
          "Less is better; ± one standard error. Of so few images the distance itself is biased: it"
            + " goes with 1/N, and this is the intercept over N, N/2 and N/3 images (Chong and Forsyth"
            + " 2020)."
        },
        quantities: [
          Quantity(
            key: "frechet_distance_extrapolated",
            source: .images { images, _ in images.features?.extrapolated },
            scale: .less(.errors))
        ],
        isShown: { $0?.hasFewImages == true },
        missing: .init(
          title: "Frechet distance: too few images",
          note: { floor in
            let features = floor.features?.dimension ?? 0
            return "Of \(floor.images) images its bias is larger than what it is to tell:"
              + " \(FrechetExtrapolation.leastCount(features: features)) are enough to extrapolate"
              + " from, \(FrechetDistance.enoughImages(features: features)) for the distance itself."
              + " The kernel distance has no bias."
          })),
    ],
    isBiasedByFewImages: true)
}
