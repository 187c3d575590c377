// Time: how many images per second a sampler draws, and with how many evaluations of the network.

import Diffusion

extension Metric {
  package static let time = Metric(
    name: "time", needs: .cells,
    tables: [
      CellTable(
        title: "Images per second",
        note: { about in
          "\(counted(about.count, "image")) per cell, \(Platform.instructionSet) kernels,"
            + " \(counted(about.threads, "thread"))."
        },
        quantities: [
          Quantity(key: "images_per_second", source: .sampling { $0.imagesPerSecond }) {
            decimals($0.value, $0.value < 100 ? 1 : 0)
          }
        ]),
      CellTable(
        title: "Evaluations of the network per image (NFE)",
        note: { about in
          about.effectiveGuidance == nil
            ? "What the time depends on."
            : "What the time depends on: a guided estimate takes two."
        },
        quantities: [Quantity(key: "nfe", source: .sampling { $0.evaluations }) { $0.digits }]),
    ],
    others: [
      Quantity(key: "network_evaluations", source: .sampling { $0.images * $0.evaluations }),
      Quantity(key: "seconds", source: .sampling { $0.sampling.seconds }),
      Quantity(key: "clipped_share", source: .sampling { $0.sampling.clippedShare }),
    ])
}
