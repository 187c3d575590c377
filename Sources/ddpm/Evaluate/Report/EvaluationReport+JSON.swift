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
      .init("guidance", about.guidance.map(JSON.finite) ?? .null),
      .init("clipping", about.clippingJSON),
      .init("data", about.data.map(JSON.string) ?? .null),
      // A string, as a seed may be larger than the integers that JSON readers keep exactly.
      .init("seed", .string("\(about.seed)")),
      .init("threads", .integer(about.threads)),
      .init("kernels", .string(Platform.instructionSet)),
      .init("cpu_features", .array(Platform.requiredFeatures.map(JSON.string))),
      .init("metrics", .array(about.metrics.map { .string($0.rawValue) })),
      .init("left_out", .array(about.leftOut.map(\.json))),
    ]
    if let extractor = standard?.extractor { members.append(.init("extractor", extractor.json)) }
    if let floor = standard?.floor { members.append(.init("floor", .object(floor.members))) }
    if !cells.isEmpty { members.append(.init("cells", .array(cells.map(\.json)))) }
    if let bits {
      members += [
        .init("bits_per_dimension", .array(bits.terms.map(\.json))),
        .init("decoder_floor", .finite(bits.decoderFloor)),
        .init("decoder_deviation", .finite(bits.decoderDeviation)),
      ]
    }
    if let loss { members.append(.init("held_out_loss", loss.json)) }
    if !reconstructions.isEmpty {
      members.append(.init("reconstruction", .array(reconstructions.map(\.json))))
    }
    if !consistencies.isEmpty {
      members.append(.init("consistency", .array(consistencies.map(\.json))))
    }
    return .object(members)
  }
}

extension EvaluationReport.About {
  fileprivate var clippingJSON: JSON {
    switch clipping {
    case .none: .null
    case .toRange(let bound): .finite(bound)
    }
  }
}

extension EvaluationSubject.LeftOut {
  fileprivate var json: JSON {
    .object([
      .init("metrics", .array(metrics.map { .string($0.rawValue) })),
      .init("reason", .string(reason)),
    ])
  }
}

extension CellJudge.Extractor {
  fileprivate var json: JSON {
    .object([
      .init("trained_on", .string(data)), .init("features", .integer(dimension)),
      .init("classes", .integer(classes)), .init("accuracy", .measured(accuracy)),
    ])
  }
}

extension EvaluationReport.Cell {
  fileprivate var json: JSON {
    .object(
      [
        .init("sampler", .string(sampler)),
        .init("spacing", .string(spacing.rawValue)),
        .init("steps", .integer(steps)),
        .init("images", .integer(images)),
        .init("nfe", .integer(evaluations)),
        .init("network_evaluations", .integer(images * evaluations)),
        .init("seconds", .finite(sampling.seconds)),
        .init("images_per_second", .finite(imagesPerSecond)),
        .init("clipped_share", .finite(sampling.clippedShare)),
        .init("grid", picture.map { .string($0.name) } ?? .null),
      ] + (quality?.members ?? []))
  }
}

extension Quality {
  fileprivate var members: [JSON.Member] {
    var members: [JSON.Member] = [.init("compared_images", .integer(images))]
    if let features {
      members += [
        .init("frechet_distance", .measured(features.frechet)),
        .init("kernel_distance", .measured(features.kernel)),
        .init("precision", .measured(features.precision)),
        .init("recall", .measured(features.recall)),
        .init("class_counts", .array(features.classes.map(JSON.integer))),
        .init("class_distance", features.classDistance.map(JSON.finite) ?? .null),
        .init("confidence", .measured(features.confidence)),
      ]
    }
    return members + [
      .init("nearest_training_image", .measured(neighbours.distance)),
      .init("nearest_training_image_least", .finite(neighbours.least)),
      .init("near_share", .measured(neighbours.near)),
    ]
  }
}

extension EvaluationReport.Loss {
  fileprivate var json: JSON {
    .object([
      .init("mean", .finite(mean)),
      .init(
        "by_timestep",
        .array(ranges.map { .range($0.first, $0.last, .init("loss", .finite($0.loss))) })),
    ])
  }
}

extension EvaluationReport.Bits.Terms {
  fileprivate var json: JSON {
    .object([
      .init("variance", .string(variance)),
      .init("images", .integer(images)),
      .init("total", .measured(total)),
      .init("prior", .measured(prior)),
      .init("middle", .measured(middle)),
      .init("decoder", .measured(decoder)),
      .init(
        "by_timestep",
        .array(octaves.map { .range($0.first, $0.last, .init("bits", .measured($0.bits))) })),
    ])
  }
}

extension EvaluationReport.Reconstruction {
  fileprivate var json: JSON {
    .object([
      .init("spacing", .string(spacing.rawValue)), .init("steps", .integer(steps)),
      .init("images", .integer(images)), .init("squared_error", .measured(error)),
    ])
  }
}

extension EvaluationReport.Consistency {
  fileprivate var json: JSON {
    .object([
      .init("spacing", .string(spacing.rawValue)),
      .init("unrelated", .measured(unrelated)),
      .init("grid", picture.map { .string($0.name) } ?? .null),
      .init(
        "rows",
        .array(
          rows.map {
            .object([
              .init("steps", .integer($0.steps)), .init("squared_error", .measured($0.distance)),
              .init("same_class", .measured($0.sameClass)),
            ])
          })),
    ])
  }
}

extension JSON {
  /// A number, or null where JSON has no spelling for it.
  fileprivate static func finite(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .null
  }

  /// A number with its error.
  fileprivate static func measured(_ value: Measured?) -> JSON {
    guard let value else { return .null }
    return .object([
      .init("mean", .finite(value.value)),
      .init("standard_error", value.error.map(JSON.finite) ?? .null),
    ])
  }

  /// A range of timesteps and what was measured there.
  fileprivate static func range(_ first: Int, _ last: Int, _ measured: Member) -> JSON {
    .object([.init("first", .integer(first)), .init("last", .integer(last)), measured])
  }
}
