// The measurements of `ddpm evaluate`, one after the other.

import Diffusion

/// An evaluation from its first measurement to its last.
struct EvaluationSession {
  private let model: DiffusionModel
  private let test: Dataset?
  private let metrics: [MetricChoice]
  private let comparison: Comparison
  /// A sampling that tells how fast the network is.
  private let trial: Comparison
  private let about: EvaluationReport.About
  private let folder: EvaluationFolder
  private let progress: SharedProgress

  /// Which timesteps short samplers visit: those that start where the noise does, at T.
  private static let spacing = StepSpacing.trailing
  /// Images of the trial for each core.
  private static let trialImages = 16

  /// - Throws: `SamplingError` for a cell that cannot be.
  init(
    _ model: DiffusionModel, _ path: String, _ test: Dataset?, _ settings: EvaluateSettings,
    _ folder: EvaluationFolder, _ progress: SharedProgress
  ) throws(SamplingError) {
    (self.model, self.test, self.folder, self.progress) = (model, test, folder, progress)
    let asked = settings.metrics ?? MetricChoice.allCases
    let metrics = asked.filter { test != nil || !$0.needsData }
    self.metrics = metrics
    let about = EvaluationReport.About(
      model: path, parameters: model.parameterCount, timesteps: model.schedule.last.value,
      classes: model.classCount, clipping: model.clipping, spacing: EvaluationSession.spacing,
      count: settings.count, data: test?.name, seed: settings.seed,
      threads: threadCount(settings.threads))
    self.about = about
    comparison = try Comparison(
      of: model, etas: metrics.contains(.time) ? settings.etas : [],
      steps: settings.steps(upTo: about.timesteps), spacing: about.spacing, count: about.count)
    trial = try Comparison(
      of: model, etas: [.value(0)], steps: [1], spacing: about.spacing,
      count: EvaluationSession.trialImages * about.threads)
  }

  /// Measures everything.
  /// - Throws: `FileError` where a picture cannot be written.
  func run() throws -> EvaluationReport {
    for line in about.summary + [work] { progress.say(line) }
    var meter = EvaluationMeter(total: evaluations, progress)
    var report = EvaluationReport(about: about)
    if let test, metrics.contains(.loss) {
      report.loss = meter.measure("held-out loss", evaluations(.loss)) { _ in loss(test) }
    }
    if let test, metrics.contains(.bpd) {
      report.likelihoods = meter.measure("bits/dim", evaluations(.bpd)) { report in
        model.likelihoods(
          of: test.images, labels: test.labels, count: about.count, seed: about.seed,
          threads: about.threads, progress: report)
      }
    }
    for (place, cell) in comparison.cells.enumerated() {
      let name = "cell \(place + 1)/\(comparison.cells.count): eta \(cell.eta.text)"
      let result = meter.measure("\(name), \(cell.steps) steps", about.count * cell.steps) {
        comparison.fill(cell, options($0))
      }
      let picture = try folder.draw(
        result, rows: model.rows(of: min(EvaluationFolder.gridCount, about.count), nil),
        text: about.text(cell) + model.text(options()))
      report.cells.append(EvaluationReport.Cell(result, picture: picture))
    }
    progress.finish("evaluated in \(meter.elapsed.brief), report in \(folder.path.printable)")
    return report
  }

  private func options(_ report: (@Sendable (Double) -> Void)? = nil) -> SamplingOptions {
    var options = SamplingOptions(threads: about.threads)
    options.seed = about.seed
    options.progress = report
    return options
  }

  private func loss(_ test: Dataset) -> EvaluationReport.Loss {
    let loss = HeldOutLoss(
      model, data: test.images, labels: test.labels, count: lossCount, bins: lossBins,
      threads: about.threads)
    return EvaluationReport.Loss(loss(), timesteps: about.timesteps)
  }
}

// MARK: - How much there is to do

extension EvaluationSession {
  /// How many times a metric runs the network on an image.
  private func evaluations(_ metric: MetricChoice) -> Int {
    switch metric {
    case .time: about.count * comparison.cells.reduce(0) { $0 + $1.steps }
    case .bpd: min(about.count, test?.images.count ?? 0) * model.evaluationsPerLikelihood
    case .loss: lossCount
    }
  }

  private var lossBins: Int { min(EvaluationReport.Loss.usualBins, about.timesteps) }

  /// Triples of image, timestep and noise: no range of timesteps may be without any.
  private var lossCount: Int { max(about.count, lossBins) }

  private var evaluations: Int { metrics.reduce(0) { $0 + evaluations($1) } }

  /// One line: how much work there is and how long it will take.
  private var work: String {
    let cells = comparison.cells.isEmpty ? "" : "\(comparison.cells.count) cells, "
    let time: Duration = .seconds(Double(evaluations) / evaluationsPerSecond)
    return "work      \(cells)\(evaluations) runs of the network on an image: about \(time.brief)"
  }

  /// The network's speed on a few images.
  private var evaluationsPerSecond: Double {
    // The first run touches its memory for the first time.
    let runs = (0..<2).flatMap { _ in trial.cells.map { trial.fill($0, options()) } }
    return runs.last?.imagesPerSecond ?? 1
  }
}

extension EvaluateSettings {
  /// The numbers of steps to compare: of the usual ones those that the process has.
  fileprivate func steps(upTo timesteps: Int) -> [Int] {
    guard steps == EvaluateCommand.steps.absent else { return steps }
    let possible = steps.filter { $0 <= timesteps }
    return possible.isEmpty ? [timesteps] : possible
  }
}
