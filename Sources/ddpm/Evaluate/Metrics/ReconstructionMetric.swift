// Reconstruction: what is lost on the way to noise and back.

import Diffusion

extension Metric {
  package static let recon = Metric(
    name: "recon", needs: [.steps, .test],
    results: Results(
      table: { $0.reconstructionTable },
      members: { report in
        guard !report.reconstructions.isEmpty else { return [] }
        let rows = report.reconstructions.map { row in
          JSON.object([
            .init("spacing", .string(row.spacing.rawValue)), .init("steps", .integer(row.steps)),
            .init("images", .integer(row.images)), .init("squared_error", row.error.json),
          ])
        }
        return [.init("reconstruction", .array(rows))]
      }))
}

extension EvaluationReport {
  /// What is lost on the way to noise and back.
  var reconstructionTable: ReportTable? {
    guard !reconstructions.isEmpty else { return nil }
    var table = ReportTable(
      title: "Reconstruction by DDIM", columns: stepColumns + [.init("squared error")],
      note: "\(counted(reconstructions[0].images, "test image")) of \(about.dataName)"
        + "\(about.givenLabels), to noise and back in so many steps each way: the mean squared error"
        + " a dimension, pixels in [0, 1], as the DDIM paper's Table 2.")
    for row in reconstructions {
      table.rows.append(stepCells(row.steps, row.spacing) + [.init(row.error.text)])
    }
    return table
  }

  /// Steps, with the spacing where there are several.
  var stepColumns: [Table.Column] {
    [.init("steps")] + (about.spacings.count > 1 ? [.init("spacing", .left)] : [])
  }

  func stepCells(_ steps: Int, _ spacing: StepSpacing) -> [ReportTable.Cell] {
    [.init("\(steps)")] + (about.spacings.count > 1 ? [.init(spacing.rawValue)] : [])
  }
}
