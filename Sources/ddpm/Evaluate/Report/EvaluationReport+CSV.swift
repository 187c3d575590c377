// The comparison as comma-separated values (RFC 4180): one line per cell, one column per number.

import Diffusion

extension EvaluationReport {
  /// A column of `table.csv`.
  private struct Column {
    let name: String
    /// Its text; nil is an empty field.
    let text: (Cell) -> String?

    init(_ name: String, _ text: @escaping (Cell) -> String?) {
      (self.name, self.text) = (name, text)
    }

    /// A number; where real images have it too, also its error and their number.
    static func columns(_ quantity: Quantity, floor: ImageQuality?) -> [Column] {
      let number = Column(quantity.key) { quantity.value(of: $0, floor: floor)?.digits }
      guard case .images = quantity.source else { return [number] }
      return [
        number,
        Column("\(quantity.key)_error") { quantity.value(of: $0, floor: floor)?.error?.digits },
        Column("\(quantity.key)_floor") { _ in quantity.value(ofRealImages: floor)?.digits },
      ]
    }
  }

  private var columns: [Column] {
    [
      Column("spacing") { $0.spacing.rawValue },
      Column("sampler") { $0.sampler },
      Column("steps") { "\($0.steps)" },
      Column("images") { "\($0.images)" },
      Column("compared_images") { $0.quality.map { "\($0.images)" } },
    ]
      + Metric.quantities.flatMap { Column.columns($0, floor: standard?.floor) }
      + [Column("grid") { $0.picture?.name }]
  }

  /// The header and the cells; the columns are the same whatever was measured.
  var csv: String {
    let columns = columns
    let rows = cells.map { cell in columns.map { $0.text(cell) ?? "" } }
    return ([columns.map(\.name)] + rows)
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
