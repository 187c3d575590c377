// An evaluation's results as tables, for the terminal and for Markdown.

import Diffusion
import Foundation

extension EvaluationReport {
  /// How tables are laid out.
  enum Layout {
    /// In aligned columns.
    case plain
    case markdown
  }

  /// The tables that there are, each with a line that says how to read it.
  func text(_ layout: Layout) -> String {
    let sections =
      (cells.isEmpty ? [] : [(cellTable, cellNote)])
      + (likelihoods.isEmpty ? [] : [(likelihoodTable, likelihoodNote)])
      + (loss.map { [(lossTable($0), lossNote)] } ?? [])
    let paragraphs = sections.map { table, note in
      let lines =
        switch layout {
        case .plain: table.lines
        case .markdown: table.markdown
        }
      return (lines + ["", note]).joined(separator: "\n")
    }
    return paragraphs.joined(separator: "\n\n")
  }

  private var cellTable: Table {
    var table = Table(
      .init("eta", .left), .init("sampler", .left), .init("steps"), .init("evaluations"),
      .init("seconds"), .init("images/s"), .init("grid", .left))
    for cell in cells {
      table.add([
        cell.eta.text, cell.sampler, "\(cell.steps)", "\(cell.evaluations)",
        decimals(cell.seconds, 2), decimals(cell.imagesPerSecond, 1), cell.picture ?? "-",
      ])
    }
    return table
  }

  private var cellNote: String {
    """
    \(about.model.printable): \(about.count) images a cell, \
    all from the same noise (seed \(about.seed))\(about.classes == nil ? "" : ", classes in turn").
    \(about.spacing.rawValue.capitalized) spacing, \(about.clippingText); \(About.samplers).
    Weights: \(About.weights).
    \(Platform.instructionSet) kernels, \(about.threads) threads.
    """
  }

  private var likelihoodTable: Table {
    var table = Table(
      [.init("bits/dim", .left)] + likelihoods.map { .init("\($0.variance.rawValue) variance") })
    func add(_ name: String, _ bits: (Likelihood) -> SampleMean) {
      table.add([name] + likelihoods.map { bits($0).text })
    }
    add("prior", \.prior)
    for place in (likelihoods.first?.octaves.indices ?? 0..<0).reversed() {
      let range = likelihoods[0].octaves[place].timesteps
      add("  t \(span(range.lowerBound.value...range.upperBound.value))") {
        $0.octaves[place].bits
      }
    }
    add("middle", \.middle)
    add("decoder", \.decoder)
    add("total", \.total)
    return table
  }

  private var likelihoodNote: String {
    """
    The bound on -log2 p of \(likelihoods.first?.images ?? 0) test images of \(about.dataName)\(about.givenLabels), \
    ± one standard error.
    Prior, middle and decoder add up to the total; the middle is the sum of its timesteps t.
    """
  }

  private func lossTable(_ loss: Loss) -> Table {
    var table = Table(.init("timesteps", .left), .init("held-out loss"))
    for range in loss.ranges { table.add([span(range.timesteps), decimals(range.loss, 4)]) }
    table.add(["all", decimals(loss.mean, 4)])
    return table
  }

  private var lossNote: String {
    "L_simple on test images of \(about.dataName)\(about.givenLabels), always with the same noise."
  }

  private func span(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}

extension SampleMean {
  /// Below this four decimals would show no digit.
  private static let smallest = 1e-3

  /// The mean and its error, in bits/dim.
  fileprivate var text: String {
    let number = { mean < SampleMean.smallest ? scientific($0) : decimals($0, 4) }
    return number(mean) + (standardError.map { " ± \(number($0))" } ?? "")
  }
}
