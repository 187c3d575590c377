// The comparison as comma-separated values (RFC 4180): one line per cell, one column per number.

import Diffusion

extension EvaluationReport {
  /// A column of `table.csv`.
  private struct Column {
    let name: String
    /// Its text; nil is an empty field.
    let text: (Cell, Quality?) -> String?

    init(_ name: String, _ text: @escaping (Cell) -> String?) {
      (self.name, self.text) = (name, { cell, _ in text(cell) })
    }

    init(_ name: String, _ value: @escaping (Cell, Quality?) -> Double?) {
      (self.name, self.text) = (name, { value($0, $1).map(\.description) })
    }

    /// A metric: its number, its error, and the number of real images.
    static func metric(_ name: String, _ value: @escaping (Quality) -> Measured?) -> [Column] {
      [
        Column(name) { cell, _ in cell.quality.flatMap(value)?.value },
        Column("\(name)_error") { cell, _ in cell.quality.flatMap(value)?.error },
        Column("\(name)_floor") { _, floor in floor.flatMap(value)?.value },
      ]
    }
  }

  private static var columns: [Column] {
    [
      Column("spacing") { $0.spacing.rawValue },
      Column("sampler") { $0.sampler },
      Column("steps") { "\($0.steps)" },
      Column("images") { "\($0.images)" },
      Column("nfe") { "\($0.evaluations)" },
      Column("network_evaluations") { "\($0.images * $0.evaluations)" },
      Column("seconds") { cell, _ in cell.sampling.seconds },
      Column("images_per_second") { cell, _ in cell.imagesPerSecond },
      Column("clipped_share") { cell, _ in cell.sampling.clippedShare },
      Column("compared_images") { $0.quality.map { "\($0.images)" } },
    ]
      + Column.metric("frechet_distance") { $0.features?.frechet }
      + Column.metric("kernel_distance") { $0.features?.kernel }
      + Column.metric("precision") { $0.features?.precision }
      + Column.metric("recall") { $0.features?.recall }
      + Column.metric("confidence") { $0.features?.confidence }
      + [Column("class_distance") { cell, _ in cell.quality?.features?.classDistance }]
      + Column.metric("nearest_training_image") { $0.neighbours.distance }
      + Column.metric("near_share") { $0.neighbours.near }
      + [Column("grid") { $0.picture?.name }]
  }

  /// The header and the cells; the columns are the same whatever was measured.
  var csv: String {
    let rows = cells.map { cell in
      Self.columns.map { $0.text(cell, standard?.floor) ?? "" }
    }
    return ([Self.columns.map(\.name)] + rows)
      .map { $0.map(\.csvField).joined(separator: ",") }.joined(separator: "\n")
  }
}

extension String {
  /// The text as a field: in quotes where it needs them.
  fileprivate var csvField: String {
    guard contains(where: { ",\"\r\n".contains($0) }) else { return self }
    return "\""
      + split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
