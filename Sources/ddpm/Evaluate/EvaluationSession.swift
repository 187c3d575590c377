// The measurements of `ddpm evaluate`, one after the other.

import Diffusion
import Foundation

/// An evaluation from its first measurement to its last.
struct EvaluationSession {
  let subject: EvaluationSubject
  let comparison: Comparison
  let about: EvaluationReport.About
  let folder: EvaluationFolder
  let keys: EvaluationKeys
  let progress: SharedProgress
  let meter: EvaluationMeter
  /// Made where images are to be compared with real ones.
  var qualityMetrics: QualityMetrics?
  /// DDIM's images.
  var deterministic: [(cell: Comparison.Cell, images: ByteImages)] = []

  /// A short sampling that measures the network's speed.
  private let trial: Comparison
  /// Images of the trial for each core.
  private static let trialImages = 16

  /// - Throws: `SamplingError` for an impossible cell or guidance.
  init(
    _ subject: EvaluationSubject, _ settings: EvaluateSettings, _ folder: EvaluationFolder,
    _ progress: SharedProgress
  ) throws(SamplingError) {
    (self.subject, self.folder, self.progress) = (subject, folder, progress)
    let about = EvaluationReport.About(subject, settings)
    self.about = about
    keys = EvaluationKeys(subject, about)
    let metrics = subject.metrics
    let samplers: [any Sampler] =
      metrics.need(.cells)
      ? settings.comparedSamplers(of: subject)
      : metrics.need(.samples) ? [DDIMSampler()] : []
    comparison = try Comparison(
      of: subject.model, samplers: samplers, steps: settings.steps(of: subject.model),
      spacings: about.spacings, count: about.count, Self.options(about))
    trial = try Comparison(
      of: subject.model, samplers: [DDIMSampler()], steps: [1], spacings: [.trailing],
      count: EvaluationSession.trialImages * about.threads, Self.options(about))
    steps = metrics.need(.steps) ? settings.steps(of: subject.model) : []
    for spacing in about.spacings {
      for steps in steps {
        _ = try subject.model.path(SamplingPlan(DDIMSampler(), steps: steps, spacing: spacing))
      }
    }
    meter = EvaluationMeter(
      progress,
      farewell:
        "stopped: what is finished is kept in \(folder.path.printable), and the same command"
        + " goes on from there")
    try subject.model.check(options())
  }

  /// The numbers of steps that are compared.
  let steps: [Int]

  /// Measures everything that the folder does not hold already.
  ///
  /// - Throws: `FileError` where a result cannot be kept.
  mutating func run() throws -> EvaluationReport {
    Interruption.watch()
    for line in about.summary { progress.say(line) }
    for gap in about.leftOut { progress.say("ddpm: \(gap)") }
    let missing = missingEvaluations
    var report = EvaluationReport(about: about)
    report.standard = try standard()
    progress.say(work(missing))
    meter.begin(total: missing)
    for (place, cell) in comparison.cells.enumerated() {
      report.cells.append(try fill(cell, place))
    }
    for metric in measured {
      if let section = try metric.section?.measure(&self) { report.sections.append(section) }
    }
    if !subject.metrics.need(.cells) { report.cells = [] }
    return report
  }

  /// What is measured, in the order in which it is reported.
  private var measured: [Metric] { Metric.all.filter(subject.metrics.contains) }

  /// How many evaluations of the network on one image remain.
  private var missingEvaluations: Int {
    let cells = comparison.cells.filter { !isKept($0) }
    return about.count * cells.map(\.evaluations).reduce(0, +)
      + measured.reduce(0) { $0 + ($1.section?.missingEvaluations(self) ?? 0) }
  }

  func options(_ report: (@Sendable (Double) -> Void)? = nil) -> SamplingOptions {
    Self.options(about, report)
  }

  private static func options(
    _ about: EvaluationReport.About, _ report: (@Sendable (Double) -> Void)? = nil
  ) -> SamplingOptions {
    var options = SamplingOptions(threads: about.threads)
    (options.seed, options.guidance) = (about.seed, about.guidance)
    options.progress = report
    return options
  }

  /// The network's speed on a few images.
  private var evaluationsPerSecond: Double {
    // The first run touches its memory for the first time.
    let runs = (0..<2).flatMap { _ in
      trial.cells.compactMap { try? trial.fill($0, options()) }
    }
    return runs.last.map { $0.imagesPerSecond * Double($0.cell.evaluations) } ?? 1
  }

  /// One line: how much work there is and how long it will take.
  private func work(_ evaluations: Int) -> String {
    guard evaluations > 0 else { return "work      none: all of it is kept in the folder" }
    let missing = comparison.cells.count { !isKept($0) }
    let kept = comparison.cells.count - missing
    let cells =
      comparison.cells.isEmpty
      ? "" : counted(missing, "cell") + (kept == 0 ? ", " : " (\(kept) kept from before), ")
    let time: Duration = .seconds(Double(evaluations) / evaluationsPerSecond)
    return "work      \(cells)\(evaluations) runs of the network on an image: about \(time.brief)"
  }
}

extension EvaluateSettings {
  /// The numbers of steps to compare: by default, the usual ones that the process allows.
  fileprivate func steps(of model: DiffusionModel) -> [Int] {
    guard !namesSteps else { return steps }
    let possible = steps.filter { steps in
      spacings.allSatisfy { (try? $0.timesteps(steps, of: model.schedule)) != nil }
    }
    return possible.isEmpty ? [model.schedule.last.value] : possible
  }
}
