// Filling the cells of the comparison and measuring their images.

import Diffusion
import Foundation

extension EvaluationSession {
  /// Whether images are compared with real ones.
  private var comparesImages: Bool { subject.metrics.need(.training) }
  /// Whether they are compared in features.
  var comparesFeatures: Bool { subject.metrics.need(.features) }

  private func qualityName(_ cell: Comparison.Cell) -> String { "\(cell.name)-quality" }
  private static let standardName = "real-images"

  private func keptQuality(_ cell: Comparison.Cell) -> ImageQuality? {
    folder.kept.result(qualityName(cell), keys.quality(cell, inFeatures: comparesFeatures))
  }

  private func keptSampling(
    _ cell: Comparison.Cell
  ) -> (EvaluationReport.Sampling, ByteImages)? {
    folder.kept.images(cell.name, keys.sampling(cell))
  }

  /// Whether the cell's images are kept.
  func isKept(_ cell: Comparison.Cell) -> Bool {
    keptSampling(cell) != nil
  }

  /// The results of real images, where images are compared with them.
  ///
  /// - Throws: `FileError`.
  mutating func standard() throws(FileError) -> Standard? {
    guard comparesImages else { return nil }
    let key = keys.standard(inFeatures: comparesFeatures)
    if let kept: Standard = folder.kept.result(Self.standardName, key) { return kept }
    guard let metrics = try makeQualityMetrics(), let test = subject.test else { return nil }
    let standard = Standard(metrics, test: test, threads: about.threads)
    try folder.kept.keep(Self.standardName, key, standard)
    return standard
  }

  /// The comparison with real images, made at its first use.
  ///
  /// - Throws: `FileError`.
  mutating func makeQualityMetrics() throws(FileError) -> QualityMetrics? {
    if let qualityMetrics { return qualityMetrics }
    guard let test = subject.test, let training = subject.training else { return nil }
    let network = comparesFeatures ? try network(training) : nil
    qualityMetrics = try QualityMetrics(
      network, training: training, test: test, count: about.count, threads: about.threads)
    return qualityMetrics
  }

  private func network(_ training: Dataset) throws(FileError) -> FeatureNetwork {
    let cache = FeatureCache.usual
    let (progress, meter, threads, features) = (progress, meter, about.threads, about.features)
    return try cache.network(for: training, features, say: progress.say) { () throws(FileError) in
      let name = training.name.printable
      progress.say("features  a small classifier learns the labels of \(name), once for these data")
      // Training takes no part in the estimate of the measurements' time.
      meter.begin(total: 1)
      return try meter.measure("learning features", 1) { report throws(FileError) in
        try FeatureNetwork(trainedOn: training, features, threads: threads, progress: report)
      }
    }
  }

  /// Draws and measures the images of a cell, unless that is done already.
  ///
  /// - Throws: `FileError`.
  mutating func fill(_ cell: Comparison.Cell, _ place: Int) throws -> EvaluationReport.Cell {
    let (sampling, images) = try sample(cell, place)
    if cell.sampler as? DDIMSampler == DDIMSampler() { deterministic.append((cell, images)) }
    let quality = try quality(of: images, cell)
    let shown = images[0..<min(EvaluationFolder.gridCount, images.count)]
    let scale = OutputFile.scale(for: images.size, count: shown.count)
    let rows = subject.model.rows(of: shown.count, nil)
    let picture = try folder.draw(
      rows.map { shown.grid(rows: $0, scale: scale) } ?? shown.grid(scale: scale), cell.name,
      text: about.text(cell) + subject.model.text(options(), guide: about.guide))
    return EvaluationReport.Cell(
      sampler: cell.label, spacing: cell.spacing, steps: cell.steps, images: images.count,
      evaluations: cell.evaluations, sampling: sampling, quality: quality, picture: picture)
  }

  private mutating func sample(
    _ cell: Comparison.Cell, _ place: Int
  ) throws -> (EvaluationReport.Sampling, ByteImages) {
    if let kept = keptSampling(cell) { return kept }
    let label =
      "cell \(place + 1)/\(comparison.cells.count): \(cell.label), \(counted(cell.steps, "step"))"
    let result = try meter.measure(label, about.count * cell.evaluations) {
      try fillShared(place, options($0))
    }
    let sampling = EvaluationReport.Sampling(
      seconds: result.duration.seconds, clippedShare: result.samples.clippedShare)
    let images = ByteImages(result.samples.images)
    try folder.kept.keep(cell.name, keys.sampling(cell), sampling, images: images)
    return (sampling, images)
  }

  private mutating func quality(
    of images: ByteImages, _ cell: Comparison.Cell
  ) throws(FileError) -> ImageQuality? {
    guard comparesImages else { return nil }
    if let kept = keptQuality(cell) { return kept }
    guard let metrics = try makeQualityMetrics() else { return nil }
    let quality = meter.measure("measuring \(cell.name)", 0) { _ in metrics(images) }
    let key = keys.quality(cell, inFeatures: comparesFeatures)
    try folder.kept.keep(qualityName(cell), key, quality)
    return quality
  }
}
