// An evaluation's results as tables: one row per sampler, one column per number of steps.

import Diffusion
import Foundation

extension EvaluationReport {
  /// How tables are laid out.
  enum Layout {
    /// In aligned columns, without what is only of interest on the page.
    case plain(Terminal)
    case markdown
  }

  /// All tables, and the conditions under which they hold.
  func text(_ layout: Layout) -> String {
    let paragraphs =
      switch layout {
      case .plain(let terminal):
        (cellTables + [frontTable].compactMap(\.self) + otherTables).map { $0.plain(on: terminal) }
          + [conditions.map(About.plain).joined(separator: "\n")]
      case .markdown:
        (cellTables + [frontTable, classTable].compactMap(\.self) + otherTables).map(\.markdown)
          + [conditions.map { "- \($0.subject): \($0.text)" }.joined(separator: "\n")]
      }
    return paragraphs.joined(separator: "\n\n")
  }

  /// The rows' labels.
  var samplers: [String] { cells.map(\.sampler).unique }

  func has(_ metric: Metric) -> Bool { about.metrics.contains(metric) }

  /// The tables of cells to show, the most informative first: with few images those without a bias, and
  /// comparisons with real images before times.
  private var shownTables: [CellTable] {
    let isFew = standard?.floor.hasFewImages ?? false
    func rank(_ metric: Metric) -> Int {
      !metric.needs.contains(.test) ? 2 : isFew && metric.isBiasedByFewImages ? 1 : 0
    }
    let metrics = Metric.all.filter(has)
    return (0...2).flatMap { place in metrics.filter { rank($0) == place } }
      .flatMap(\.tables).filter { $0.isShown(standard?.floor) }
  }

  /// The tables of the comparison.
  var cellTables: [ReportTable] { cells.isEmpty ? [] : shownTables.map(reportTable) }

  /// The tables of the sections.
  private var otherTables: [ReportTable] { sections.map(\.table) }

  /// The first table whose numbers can be better or worse; the charts show them too.
  var leadingTable: (title: String, quantity: Quantity)? {
    let found = shownTables.first { table in
      table.quantities[0].scale != nil && cells.contains { value(table.quantities[0], $0) != nil }
    }
    return found.map { ($0.title, $0.quantities[0]) }
  }

  func value(_ quantity: Quantity, _ cell: Cell) -> (any Measured)? {
    quantity.value(of: cell, floor: standard?.floor)
  }

  /// A table with one row per sampler and one column per number of steps.
  private func reportTable(_ table: CellTable) -> ReportTable {
    func text(_ values: [(any Measured)?]) -> String? {
      let texts = zip(table.quantities, values).map { quantity, value in value.map(quantity.text) }
      let known = texts.compactMap(\.self)
      return known.count < texts.count ? nil : known.joined(separator: " / ")
    }
    let floor = standard?.floor
    let real = text(table.quantities.map { $0.value(ofRealImages: floor) })
    if let missing = table.missing, real == nil, let floor {
      return ReportTable(title: missing.title, columns: [], note: missing.note(floor))
    }
    return pivot(
      table.title + (real.map { "; \(table.realImages) \($0)" } ?? ""), note: table.note(about)
    ) { cell in
      text(table.quantities.map { value($0, cell) }).map { text in
        .init(text, heat: table.quantities.compactMap { $0.heat(of: cell, floor: floor) }.max())
      }
    }
  }

  private func pivot(
    _ title: String, note: String, _ cell: (Cell) -> ReportTable.Cell?
  ) -> ReportTable {
    let steps = cells.map(\.steps).unique
    let severalSpacings = about.spacings.count > 1
    var table = ReportTable(
      title: title,
      columns: [.init("sampler", .left)]
        + (severalSpacings ? [.init("spacing", .left)] : [])
        + steps.map { .init(counted($0, "step")) },
      note: note)
    for spacing in about.spacings {
      for sampler in samplers {
        let row = cells.filter { $0.sampler == sampler && $0.spacing == spacing }
        let words = [sampler] + (severalSpacings ? [spacing.rawValue] : [])
        table.rows.append(
          words.map { ReportTable.Cell($0) }
            + steps.map { steps in
              row.first { $0.steps == steps }.flatMap(cell) ?? ReportTable.Cell("-")
            })
      }
    }
    return table
  }

  /// Which classes the samples show.
  var classTable: ReportTable? {
    guard
      let floor = standard?.floor.features, let classes = standard?.extractor?.classes,
      cells.contains(where: { $0.quality?.features != nil })
    else { return nil }
    var table = ReportTable(
      title: "Classes, as the feature network predicts them",
      columns: [.init("cell", .left), .init("confidence"), .init("apart")]
        + (0..<classes).map { .init("\($0)") },
      note:
        "Images of each class, the mean probability of the first choice, and half the sum of the"
        + " differences from the real images' shares.")
    func add(_ name: String, _ shown: ClassBalance, apart: String) {
      table.rows.append(
        ([name, decimals(shown.confidence.mean, 3), apart] + shown.counts.map { "\($0)" })
          .map { ReportTable.Cell($0) })
    }
    add("real images", floor.classes, apart: "-")
    for cell in cells {
      if let shown = cell.quality?.features?.classes {
        add(cell.title(about), shown, apart: decimals(shown.distance(to: floor.classes), 3))
      }
    }
    return table
  }
}

extension EvaluationReport.Cell {
  /// The cell in words.
  func title(_ about: EvaluationReport.About) -> String {
    let spacing = about.spacings.count > 1 ? ", \(spacing.rawValue)" : ""
    return "\(sampler), \(counted(steps, "step"))\(spacing)"
  }
}

extension Array where Element: Equatable {
  /// Every element once, in the order of their first places.
  var unique: [Element] {
    reduce(into: []) { found, element in if !found.contains(element) { found.append(element) } }
  }
}
