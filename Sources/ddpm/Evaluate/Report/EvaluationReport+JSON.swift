// An evaluation's results as JSON, for scripts.

import Diffusion

extension EvaluationReport {
  /// Grows when a key changes its meaning or disappears.
  private static let schema = 3

  /// One object; parts that were not measured are missing.
  var json: JSON {
    var members: [JSON.Member] = [
      .init("schema", .integer(EvaluationReport.schema)),
      .init("program", .string("ddpm \(Tool.version)")),
      .init("model", .string(about.model)),
      .init("weights", .string(PipelineFolder.Name.weightsPath)),
      .init("parameters", .integer(about.parameters)),
      .init("timesteps", .integer(about.timesteps)),
      .init("predicts", .string(about.prediction.rawValue)),
      .init("classes", about.classes.map(JSON.integer) ?? .null),
      .init("spacings", .array(about.spacings.map { .string($0.rawValue) })),
      .init("guidance", about.guidance.map { JSON.finite($0.weight) } ?? .null),
      .init("guidance_text", about.guidance.map { .string($0.text(guide: about.guide)) } ?? .null),
      .init("clipping", about.clippingJSON),
      .init("data", about.data.map(JSON.string) ?? .null),
      // A string, as a seed may be larger than the integers that JSON readers keep exactly.
      .init("seed", .string("\(about.seed)")),
      .init("threads", .integer(about.threads)),
      .init("kernels", .string(Platform.instructionSet)),
      .init("cpu_features", .array(Platform.requiredFeatures.map(JSON.string))),
      .init("metrics", .array(about.metrics.map { .string($0.name) })),
      .init("left_out", .array(about.leftOut.map(\.json))),
    ]
    if let extractor = standard?.extractor { members.append(.init("extractor", extractor.json)) }
    if let floor = standard?.floor { members.append(.init("floor", .object(json(of: floor)))) }
    if !cells.isEmpty { members.append(.init("cells", .array(cells.map { json(of: $0) }))) }
    return .object(members + frontMembers + sections.flatMap(\.members))
  }

  private func json(of floor: ImageQuality) -> [JSON.Member] {
    floor.counts
      + Metric.quantities.compactMap { quantity in
        quantity.value(ofRealImages: floor).map { .init(quantity.key, $0.json) }
      }
  }

  private func json(of cell: Cell) -> JSON {
    .object(
      [
        .init("sampler", .string(cell.sampler)),
        .init("spacing", .string(cell.spacing.rawValue)),
        .init("steps", .integer(cell.steps)),
        .init("images", .integer(cell.images)),
        .init("grid", cell.picture.map { .string($0.name) } ?? .null),
      ] + (cell.quality?.counts ?? [])
        + Metric.quantities.compactMap { quantity in
          quantity.value(of: cell, floor: standard?.floor).map { .init(quantity.key, $0.json) }
        })
  }
}

extension Metric {
  /// The numbers of cells that all metrics have.
  static var quantities: [Quantity] { all.flatMap(\.quantities) }
}

extension EvaluationReport.About {
  fileprivate var clippingJSON: JSON {
    switch clipping {
    case .none: .null
    case .toRange(let bound): .finite(bound)
    case .dynamic(let quantile, let most):
      .object([
        .init("quantile", .finite(quantile)), .init("most", most.map(JSON.finite) ?? .null),
      ])
    }
  }
}

extension EvaluationSubject.LeftOut {
  fileprivate var json: JSON {
    .object([
      .init("metrics", .array(metrics.map { .string($0.name) })),
      .init("reason", .string(reason)),
    ])
  }
}

extension Standard.Extractor {
  fileprivate var json: JSON {
    .object([
      .init("trained_on", .string(data)), .init("features", .integer(dimension)),
      .init("classes", .integer(classes)), .init("accuracy", accuracy?.json ?? .null),
    ])
  }
}

extension ImageQuality {
  /// How many images there are, in all and of each class.
  fileprivate var counts: [JSON.Member] {
    [.init("compared_images", .integer(images))]
      + (features.map { [.init("class_counts", .array($0.classes.counts.map(JSON.integer)))] } ?? [])
  }
}
