// Consistency: whether the noise decides the image, however many steps it takes.

import Diffusion

extension Metric {
  package static let consistency = Metric(
    name: "consistency", needs: .samples,
    results: Results(
      table: { $0.consistencyTable },
      members: { report in
        report.consistencies.isEmpty
          ? [] : [.init("consistency", .array(report.consistencies.map(\.json)))]
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

extension EvaluationReport.ConsistencyOfSpacing {
  fileprivate var json: JSON {
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

extension EvaluationReport {
  /// Whether the noise decides the image.
  var consistencyTable: ReportTable? {
    guard let first = consistencies.first?.found else { return nil }
    let hasClasses = first.rows.contains { $0.sameClass != nil }
    let unrelated = first.unrelated.map { "; unrelated images \($0.text)" } ?? ""
    var table = ReportTable(
      title: "Consistency of DDIM\(unrelated)",
      columns: stepColumns + [.init("squared difference")]
        + (hasClasses ? [.init("same class")] : []),
      note:
        "How far images are from those that the same noise becomes in the most steps: mean squared"
        + " difference a dimension, pixels in [0, 1], as the DDIM paper's Figure 5 shows it.")
    for (spacing, found) in consistencies.map({ ($0.spacing, $0.found) }) {
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
