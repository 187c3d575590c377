// An evaluation's results as JSON, for scripts.

import Diffusion

extension EvaluationReport {
  /// Grows when a key changes its meaning or disappears.
  private static let schema = 1

  /// One object; parts that were not measured are missing.
  var json: JSON {
    var members: [JSON.Member] = [
      .init("schema", .integer(EvaluationReport.schema)),
      .init("program", .string("ddpm \(Tool.version)")),
      .init("model", .string(about.model)),
      .init("weights", .string(About.weightsFile)),
      .init("parameters", .integer(about.parameters)),
      .init("timesteps", .integer(about.timesteps)),
      .init("classes", about.classes.map(JSON.integer) ?? .null),
      .init("spacing", .string(about.spacing.rawValue)),
      .init("clipping", about.clippingJSON),
      .init("data", about.data.map(JSON.string) ?? .null),
      // A string, as a seed may be larger than the integers that JSON readers keep exactly.
      .init("seed", .string("\(about.seed)")),
      .init("threads", .integer(about.threads)),
      .init("kernels", .string(Platform.instructionSet)),
    ]
    if !cells.isEmpty { members.append(.init("cells", .array(cells.map(\.json)))) }
    if !likelihoods.isEmpty {
      members.append(.init("bits_per_dimension", .array(likelihoods.map(\.json))))
    }
    if let loss { members.append(.init("held_out_loss", loss.json)) }
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

extension EvaluationReport.Cell {
  fileprivate var json: JSON {
    .object([
      .init("eta", .string(eta.text)),
      .init("sampler", .string(sampler)),
      .init("steps", .integer(steps)),
      .init("images", .integer(images)),
      .init("network_evaluations", .integer(evaluations)),
      .init("seconds", .finite(seconds)),
      .init("images_per_second", .finite(imagesPerSecond)),
      .init("clipped_share", .finite(clippedShare)),
      .init("grid", picture.map(JSON.string) ?? .null),
    ])
  }
}

extension EvaluationReport.Loss {
  fileprivate var json: JSON {
    .object([
      .init("mean", .finite(mean)),
      .init(
        "by_timestep",
        .array(ranges.map { .range($0.timesteps, .init("loss", .finite($0.loss))) })),
    ])
  }
}

extension Likelihood {
  fileprivate var json: JSON {
    .object([
      .init("variance", .string(variance.rawValue)),
      .init("images", .integer(images)),
      .init("total", total.json),
      .init("prior", prior.json),
      .init("middle", middle.json),
      .init("decoder", decoder.json),
      .init(
        "by_timestep",
        .array(
          octaves.map {
            let range = $0.timesteps.lowerBound.value...$0.timesteps.upperBound.value
            return .range(range, .init("bits", $0.bits.json))
          })),
    ])
  }
}

extension SampleMean {
  fileprivate var json: JSON {
    .object([
      .init("mean", .finite(mean)),
      .init("standard_error", standardError.map(JSON.finite) ?? .null),
    ])
  }
}

extension JSON {
  /// A number, or null where JSON has no spelling for it.
  fileprivate static func finite(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .null
  }

  /// A range of timesteps and what was measured there.
  fileprivate static func range(_ timesteps: ClosedRange<Int>, _ measured: Member) -> JSON {
    .object([
      .init("first", .integer(timesteps.lowerBound)), .init("last", .integer(timesteps.upperBound)),
      measured,
    ])
  }
}
