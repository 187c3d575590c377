// What can be measured: one row per metric, from which every form of the report is made.

import Diffusion

/// A measurement of the evaluation.
package struct Metric: Sendable {
  /// What `--metrics` calls it.
  package let name: String
  /// What it is measured on.
  let needs: Needs
  /// The fewest images that it can be measured on.
  var leastImages = 1
  /// Its numbers of each cell, as tables with one row per sampler.
  var tables: [CellTable] = []
  /// More numbers of each cell, for `report.json` and `table.csv`.
  var others: [Quantity] = []
  /// Its results that do not belong to cells: a section of the report.
  var section: Section?
  /// Whether it is only measured where it is asked for by name: it takes long.
  var isOnDemand = false
  /// Whether its tables come after those without a bias where images are few.
  var isBiasedByFewImages = false
  /// Why settings do not allow it, with the way out; nil where they do.
  var obstacle: @Sendable (EvaluateSettings) -> String? = { _ in nil }

  /// A measurement whose results are a table of their own.
  struct Section: Sendable {
    /// How many evaluations of the network on one image it still needs.
    let missingEvaluations: @Sendable (EvaluationSession) -> Int
    /// Measures what the folder does not hold already; nil where there is nothing to measure.
    let measure: @Sendable (inout EvaluationSession) throws -> EvaluationReport.Section?
  }

  /// All of them.
  package static let all: [Metric] = [
    time, fd, kd, pr, neighbours, recon, edits, consistency, bpd, ode, loss,
  ]
  /// What is measured where nobody says.
  static let usual = all.filter { !$0.isOnDemand }
}

extension Metric {
  /// What a measurement needs.
  struct Needs: OptionSet, Sendable {
    let rawValue: Int

    /// Numbers of steps and their spacing.
    static let steps = Needs(rawValue: 1)
    /// DDIM's images of the noise.
    static let samples: Needs = [.steps, Needs(rawValue: 2)]
    /// Images of every sampler.
    static let cells: Needs = [.samples, Needs(rawValue: 4)]
    /// Test images.
    static let test = Needs(rawValue: 8)
    /// Training images to compare with.
    static let training: Needs = [.test, Needs(rawValue: 16)]
    /// Features that a network learns from labels.
    static let features: Needs = [.training, Needs(rawValue: 32)]
  }

  /// All its numbers of a cell.
  var quantities: [Quantity] { tables.flatMap(\.quantities) + others }

  /// Why `settings` do not allow it, with the way out; nil where they do.
  func excluded(by settings: EvaluateSettings) -> String? {
    guard settings.count >= leastImages else {
      return "--count \(settings.count) is too few images to compare: take \(leastImages) or more"
    }
    return obstacle(settings)
  }
}

extension Metric: Hashable {
  package static func == (a: Metric, b: Metric) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ValueFormat where Value == Metric {
  package static var metric: Self { named(Metric.all) { $0.name } }
}

extension Sequence where Element == Metric {
  /// The names that `--metrics` has for them.
  var names: String { map(\.name).joined(separator: ", ") }

  /// Whether any of them needs this.
  func need(_ needs: Metric.Needs) -> Bool { contains { $0.needs.isSuperset(of: needs) } }
}
