// Consistency: whether the noise decides the image, however many steps it takes.

import Diffusion

extension Metric {
  package static let consistency = Metric(
    name: "consistency", needs: .samples,
    section: Section(
      missingEvaluations: { _ in 0 },
      measure: { session in
        let series = try session.consistencies()
        guard let first = series.first else { return nil }
        return .init(
          heading: "Consistency", table: session.about.table(of: series, first.found),
          figures: series.compactMap(\.figure),
          members: [.init("consistency", .array(series.map(\.json)))])
      }),
    obstacle: { settings in
      if !settings.samplers.contains(.ddim) {
        "consistency compares DDIM's images: add ddim to --sampler"
      } else if !settings.etas.contains(.value(0)) {
        "consistency compares DDIM's images: add 0 to --eta"
      } else if settings.steps.count < 2 {
        "consistency compares numbers of steps: give --steps two or more"
      } else {
        nil
      }
    })
}

/// Images of the same noise in several numbers of steps.
private struct ConsistencyOfSpacing {
  let spacing: StepSpacing
  let found: Consistency
  let picture: EvaluationReport.Picture?

  var figure: HTML? {
    let steps = found.rows.map { "\($0.steps)" }.joined(separator: ", ")
    return picture?.figure(
      "\(spacing.rawValue): one column per x_T, one row each of \(steps) steps of DDIM")
  }

  var json: JSON {
    .object([
      .init("spacing", .string(spacing.rawValue)),
      .init("unrelated", found.unrelated?.json ?? .null),
      .init("grid", picture.map { .string($0.name) } ?? .null),
      .init(
        "rows",
        .array(
          found.rows.map {
            .object([
              .init("steps", .integer($0.steps)), .init("squared_error", $0.distance.json),
              .init("same_class", $0.sameClass?.json ?? .null),
            ])
          })),
    ])
  }
}

extension EvaluationSession {
  /// Compares DDIM's images of the same noise.
  fileprivate mutating func consistencies() throws(FileError) -> [ConsistencyOfSpacing] {
    var results: [ConsistencyOfSpacing] = []
    for spacing in about.spacings {
      let series = deterministic.filter { $0.cell.spacing == spacing }
        .sorted { $0.cell.steps < $1.cell.steps }
      let found = try consistency(series, spacing)
      let steps = list(series.map(\.cell.steps))
      let picture = try draw(
        series.map(\.images), "consistency-\(spacing.rawValue)",
        "one column per noise, one row each of \(steps) steps", spacing)
      results.append(ConsistencyOfSpacing(spacing: spacing, found: found, picture: picture))
    }
    return results
  }

  private mutating func consistency(
    _ series: [(cell: Comparison.Cell, images: ByteImages)], _ spacing: StepSpacing
  ) throws(FileError) -> Consistency {
    let name = "consistency-\(spacing.rawValue)"
    let steps = series.map { "\($0.cell.steps)" }.joined(separator: ",")
    let key =
      keys.model + keys.seed + keys.count + keys.guidance + keys.machine + ["steps": steps]
      + (comparesFeatures ? keys.standard(inFeatures: true) : [:])
    if let kept: Consistency = folder.kept.result(name, key) { return kept }
    let network = comparesFeatures ? try makeQualityMetrics()?.network : nil
    let found = Consistency(
      series.map { ($0.cell.steps, Images($0.images)) }, network: network, threads: about.threads)
    try folder.kept.keep(name, key, found)
    return found
  }
}

extension EvaluationReport.About {
  /// The differences from the images of the most steps, one row per number of steps.
  fileprivate func table(of series: [ConsistencyOfSpacing], _ first: Consistency) -> ReportTable {
    let hasClasses = first.rows.contains { $0.sameClass != nil }
    let unrelated = first.unrelated.map { "; unrelated images \($0.text)" } ?? ""
    var table = ReportTable(
      title: "Consistency of DDIM\(unrelated)",
      columns: stepColumns + [.init("squared difference")]
        + (hasClasses ? [.init("same class")] : []),
      note:
        "How far images are from those that the same noise becomes in the most steps: mean squared"
        + " difference per dimension, pixels in [0, 1], as the DDIM paper's Figure 5 shows it.")
    for (spacing, found) in series.map({ ($0.spacing, $0.found) }) {
      for row in found.rows {
        let classes = row.sameClass.map { [ReportTable.Cell(percent($0.mean))] } ?? []
        table.rows.append(
          stepCells(row.steps, spacing)
            + [.init(row.steps == found.rows.last?.steps ? "-" : row.distance.text)] + classes)
      }
    }
    return table
  }
}
