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

  /// The tables that there are, and under which conditions they hold.
  func text(_ layout: Layout) -> String {
    let paragraphs =
      switch layout {
      case .plain(let terminal):
        (cellTables + dataTables).map { $0.plain(on: terminal) }
          + [conditions.map(About.plain).joined(separator: "\n")]
      case .markdown:
        (cellTables + [classTable].compactMap(\.self) + dataTables).map(\.markdown)
          + [conditions.map { "- \($0.subject): \($0.text)" }.joined(separator: "\n")]
      }
    return paragraphs.joined(separator: "\n\n")
  }

  /// The rows' labels.
  var samplers: [String] { cells.map(\.sampler).unique }

  func has(_ metric: MetricChoice) -> Bool { about.metrics.contains(metric) }

  /// The tables of the comparison.
  var cellTables: [ReportTable] {
    [frechetTable, kernelTable, coverageTable, neighbourTable, timeTable, evaluationTable]
      .compactMap(\.self)
  }

  /// A table with one row per sampler and one column per number of steps.
  private func pivot(
    _ title: String, note: String, _ cell: (Cell) -> ReportTable.Cell?
  ) -> ReportTable? {
    guard !cells.isEmpty else { return nil }
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

  private func floorText(_ number: (Quality) -> Measured?) -> String {
    standard.flatMap { number($0.floor) }.map { "; real images \($0.text)" } ?? ""
  }

  private var frechetTable: ReportTable? {
    guard has(.fd), let floor = standard?.floor.features?.frechet.value else { return nil }
    return pivot(
      "Frechet distance" + floorText { $0.features?.frechet },
      note: "Less is better; ± is the bootstrap's deviation. Only comparable for as many images and"
        + " the same features."
    ) { cell in
      cell.quality?.features.map {
        .init($0.frechet.text, heat: Heat.ratio($0.frechet.value, to: floor))
      }
    }
  }

  private var kernelTable: ReportTable? {
    guard has(.kd), let floor = standard?.floor.features?.kernel else { return nil }
    return pivot(
      "Kernel distance" + floorText { $0.features?.kernel },
      note: "Less is better, 0 on average for images like the real ones; ± one standard error."
    ) { cell in
      cell.quality?.features.map {
        .init($0.kernel.text, heat: Heat.excess($0.kernel.value, over: floor))
      }
    }
  }

  private var coverageTable: ReportTable? {
    guard has(.pr), let floor = standard?.floor.features else { return nil }
    func text(_ features: Quality.Features) -> String {
      "\(decimals(features.precision.value, 3)) / \(decimals(features.recall.value, 3))"
    }
    return pivot(
      "Precision / recall; real images \(text(floor))",
      note: "More is better: the share of samples that look real, and of real images that look like"
        + " some sample (\(PrecisionRecall.neighbours) nearest neighbours)."
    ) { cell in
      cell.quality?.features.map {
        let loss = max(
          floor.precision.value - $0.precision.value, floor.recall.value - $0.recall.value)
        return .init(text($0), heat: Heat.loss(loss))
      }
    }
  }

  private var neighbourTable: ReportTable? {
    guard has(.neighbours), let floor = standard?.floor.neighbours else { return nil }
    func text(_ found: Quality.Neighbours) -> String {
      "\(decimals(found.distance.value, 2)) (\(percent(found.near.value)))"
    }
    return pivot(
      "Nearest training image; test images \(text(floor))",
      note:
        "The mean distance in pixels from 0 to 1, and the share nearer than all but 5% of the test"
        + " images. A model that remembers its training images is nearer than the test images are;"
        + " blurred images are too."
    ) { cell in cell.quality.map { .init(text($0.neighbours)) } }
  }

  private var timeTable: ReportTable? {
    guard has(.time) else { return nil }
    return pivot(
      "Images a second",
      note: "\(counted(about.count, "image")) per cell, \(Platform.instructionSet) kernels,"
        + " \(counted(about.threads, "thread"))."
    ) { .init(decimals($0.imagesPerSecond, $0.imagesPerSecond < 100 ? 1 : 0)) }
  }

  private var evaluationTable: ReportTable? {
    guard has(.time) else { return nil }
    return pivot(
      "Evaluations of the network per image (NFE)",
      note: about.effectiveGuidance == nil
        ? "What the time depends on."
        : "What the time depends on: guidance takes twice as many, with the class and without."
    ) { .init("\($0.evaluations)") }
  }

  /// Which classes the samples show.
  var classTable: ReportTable? {
    guard
      let floor = standard?.floor.features, let classes = standard?.extractor?.classes,
      cells.contains(where: { $0.quality?.features != nil })
    else { return nil }
    var table = ReportTable(
      title: "Classes, as the feature network sees them",
      columns: [.init("cell", .left), .init("confidence"), .init("apart")]
        + (0..<classes).map { .init("\($0)") },
      note:
        "Images of each class, the mean probability of the first choice, and half the sum of the"
        + " differences from the real images' shares.")
    func add(_ name: String, _ features: Quality.Features) {
      table.rows.append(
        ([
          name, decimals(features.confidence.value, 3),
          features.classDistance.map { decimals($0, 3) } ?? "-",
        ] + features.classes.map { "\($0)" }).map { ReportTable.Cell($0) })
    }
    add("real images", floor)
    for cell in cells {
      if let features = cell.quality?.features { add(cell.title(about), features) }
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

/// How far numbers are from those of real images, from 0 for as good to 1 for far away.
private enum Heat {
  /// This many times the floor is as hot as can be.
  private static let hottestRatio = 32.0
  /// So many standard errors above the floor, as a power of 2, are as hot as can be.
  private static let hottestExcess = 7.0
  /// So much less than the floor is as hot as can be.
  private static let hottestLoss = 0.5

  static func ratio(_ value: Double, to floor: Double) -> Double {
    log(max(1, value / max(floor, .leastNormalMagnitude))) / log(hottestRatio)
  }

  static func excess(_ value: Double, over floor: Measured) -> Double {
    let error = max(floor.error ?? 0, .leastNormalMagnitude)
    return log2(1 + max(0, value - floor.value) / error) / hottestExcess
  }

  static func loss(_ value: Double) -> Double { value / hottestLoss }
}

extension Array where Element: Equatable {
  /// Every element once, in the order of their first places.
  var unique: [Element] {
    reduce(into: []) { found, element in if !found.contains(element) { found.append(element) } }
  }
}
