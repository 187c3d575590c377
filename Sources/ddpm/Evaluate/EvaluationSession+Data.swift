// What is measured on the data's images: likelihood, held-out loss, the way to noise and back.

import Diffusion

extension EvaluationSession {
  private static let (bitsName, lossName) = ("bits-per-dimension", "held-out-loss")
  /// The most images that go to noise and back: each takes twice the steps of a sample.
  private static let mostReconstructed = 200
  /// Images of a picture's row.
  private static let rowCount = 16
  /// In how many ranges of timesteps the loss is reported.
  private static let usualBins = 10

  private var lossBins: Int { min(Self.usualBins, about.timesteps) }
  /// Triples of image, timestep and noise: no range of timesteps may be without any.
  private var lossCount: Int { max(about.count, lossBins) }

  private var reconstructedCount: Int {
    min(about.count, Self.mostReconstructed, subject.test?.images.count ?? 0)
  }

  private func reconstructionName(_ steps: Int, _ spacing: StepSpacing) -> String {
    "reconstruction-\(spacing.rawValue)-steps\(steps)"
  }

  /// How many times the network is yet to run on an image.
  var missingEvaluations: Int {
    let cells =
      about.count * comparison.cells.filter { !isKept($0) }.map(evaluations).reduce(0, +)
    guard let test = subject.test else { return cells }
    var sum = cells
    let (likelihoods, loss) = (keptLikelihoods, keptLoss)
    if subject.metrics.contains(.bpd), likelihoods == nil {
      sum += min(about.count, test.images.count) * subject.model.evaluationsPerLikelihood
    }
    if subject.metrics.contains(.loss), loss == nil { sum += lossCount }
    for spacing in subject.metrics.contains(.recon) ? about.spacings : [] {
      sum +=
        steps.filter { keptReconstruction($0, spacing) == nil }.reduce(0, +)
        * 2 * reconstructedCount
    }
    return sum
  }

  private var keptLikelihoods: [Likelihood]? { folder.kept.result(Self.bitsName, keys.bits) }
  private var keptLoss: HeldOutLoss.Measurement? { folder.kept.result(Self.lossName, keys.loss) }

  private func keptReconstruction(
    _ steps: Int, _ spacing: StepSpacing
  ) -> (SampleMean, ByteImages)? {
    let key = keys.reconstruction(images: reconstructedCount, steps: steps, spacing)
    return folder.kept.images(reconstructionName(steps, spacing), key)
  }

  /// The loss on test images.
  ///
  /// - Throws: `FileError`.
  mutating func loss() throws(FileError) -> HeldOutLoss.Measurement? {
    guard let test = subject.test, subject.metrics.contains(.loss) else { return nil }
    if let keptLoss { return keptLoss }
    let loss = HeldOutLoss(
      on: test.images, labels: test.labels, count: lossCount, bins: lossBins)
    let result = meter.measure("held-out loss", lossCount) { _ in
      loss(subject.model, threads: about.threads)
    }
    try folder.kept.keep(Self.lossName, keys.loss, result)
    return result
  }

  /// The bits that test images cost.
  ///
  /// - Throws: `FileError`.
  mutating func likelihoods() throws(FileError) -> [Likelihood] {
    guard let test = subject.test, subject.metrics.contains(.bpd) else { return [] }
    if let keptLikelihoods { return keptLikelihoods }
    let model = subject.model
    let count = min(about.count, test.images.count)
    let result = meter.measure("bits/dim", count * model.evaluationsPerLikelihood) { report in
      model.likelihoods(
        of: test.images, labels: test.labels, count: count, seed: about.seed,
        threads: about.threads, progress: report)
    }
    try folder.kept.keep(Self.bitsName, keys.bits, result)
    return result
  }

  /// Test images to noise and back in all numbers of steps.
  ///
  /// - Throws: `FileError`, `SamplingError`.
  mutating func reconstructions() throws
    -> ([EvaluationReport.Reconstruction], [EvaluationReport.Picture])
  {
    guard let test = subject.test, subject.metrics.contains(.recon) else { return ([], []) }
    let data = test.drawn(reconstructedCount)
    var results: [EvaluationReport.Reconstruction] = []
    var pictures: [EvaluationReport.Picture] = []
    for spacing in about.spacings {
      var rows = [data.images]
      for steps in steps {
        let (error, images) = try reconstruct(data, steps, spacing)
        rows.append(images)
        results.append(
          .init(spacing: spacing, steps: steps, images: data.images.count, error: error))
      }
      let title = "the first row as it is, then there and back in \(list(steps)) steps"
      let picture = try draw(rows, "reconstruction-\(spacing.rawValue)", title, spacing)
      if let picture { pictures.append(picture) }
    }
    return (results, pictures)
  }

  private mutating func reconstruct(
    _ data: Dataset, _ steps: Int, _ spacing: StepSpacing
  ) throws -> (SampleMean, ByteImages) {
    if let kept = keptReconstruction(steps, spacing) { return kept }
    let label = "there and back in \(counted(steps, "step"))"
    let found = try meter.measure(label, 2 * steps * data.images.count) { report in
      try subject.model.reconstruct(
        data.images, labels: data.labels, steps: steps, spacing: spacing, threads: about.threads,
        progress: report)
    }
    let (error, images) = (found.error, ByteImages(found.images))
    let key = keys.reconstruction(images: data.images.count, steps: steps, spacing)
    try folder.kept.keep(reconstructionName(steps, spacing), key, error, images: images)
    return (error, images)
  }

  /// Compares DDIM's images of the same noise.
  ///
  /// - Throws: `FileError`.
  mutating func consistencies() throws(FileError) -> [EvaluationReport.ConsistencyOfSpacing] {
    guard subject.metrics.contains(.consistency) else { return [] }
    var results: [EvaluationReport.ConsistencyOfSpacing] = []
    for spacing in about.spacings {
      let series = deterministic.filter { $0.cell.spacing == spacing }
        .sorted { $0.cell.steps < $1.cell.steps }
      let found = try consistency(series, spacing)
      let steps = series.map(\.cell.steps)
      let picture = try draw(
        series.map(\.images), "consistency-\(spacing.rawValue)",
        "one column per noise, one row each of \(list(steps)) steps", spacing)
      results.append(
        .init(spacing: spacing, found: found, picture: picture))
    }
    return results
  }

  private mutating func consistency(
    _ series: [(cell: Comparison.Cell, images: ByteImages)], _ spacing: StepSpacing
  ) throws(FileError) -> Consistency {
    let name = "consistency-\(spacing.rawValue)"
    let key = keys.consistency(series.map(\.cell), inFeatures: judgesFeatures)
    if let kept: Consistency = folder.kept.result(name, key) { return kept }
    let network = judgesFeatures ? try makeJudge()?.network : nil
    let found = Consistency(
      series.map { ($0.cell.steps, Images($0.images)) }, network: network, threads: about.threads)
    try folder.kept.keep(name, key, found)
    return found
  }

  private func list(_ steps: [Int]) -> String { steps.map(String.init).joined(separator: ", ") }

  /// Draws the first images of several sets, one row per set.
  private func draw(
    _ rows: [ByteImages], _ name: String, _ title: String, _ spacing: StepSpacing
  ) throws(FileError) -> EvaluationReport.Picture? {
    let columns = rows.map(\.count).min().map { min(Self.rowCount, $0) } ?? 0
    guard let size = rows.first?.size, columns > 0 else { return nil }
    let images = ByteImages(size: size, pixels: rows.flatMap { $0[0..<columns].pixels })
    let scale = OutputFile.scale(for: size, count: images.count)
    let grid = images.grid(columns: columns, scale: scale)
    return try folder.draw(
      grid, name,
      text: Tool.text(model: about.model) + [
        ("title", title), ("spacing", spacing.rawValue), ("seed", "\(about.seed)"),
      ])
  }
}
