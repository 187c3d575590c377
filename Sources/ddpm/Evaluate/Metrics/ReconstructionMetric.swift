// Reconstruction: what is lost on the way to noise and back.

import Diffusion

extension Metric {
  package static let recon = Metric(
    name: "recon", needs: [.steps, .test],
    section: Section(
      missingEvaluations: { $0.missingReconstructions },
      measure: { session in
        let rows = try session.reconstructions()
        guard let count = rows.first?.images.count else { return nil }
        return .init(
          heading: "Reconstruction", table: session.table(of: rows, count: count),
          figures: try session.pictures(of: rows), members: members(of: rows))
      }))

  private static func members(of rows: [Reconstructed]) -> [JSON.Member] {
    let objects = rows.map { row in
      JSON.object([
        .init("spacing", .string(row.spacing.rawValue)), .init("steps", .integer(row.steps)),
        .init("images", .integer(row.images.count)), .init("squared_error", row.error.json),
      ])
    }
    return [.init("reconstruction", .array(objects))]
  }
}

/// Images encoded and decoded in some steps each way.
private struct Reconstructed {
  let spacing: StepSpacing
  let steps: Int
  let error: SampleMean
  let images: ByteImages
}

extension EvaluationSession {
  /// The most images that go to noise and back: each takes twice the steps of a sample.
  private static let mostReconstructed = 200

  private var reconstructedCount: Int {
    min(about.count, Self.mostReconstructed, subject.test?.images.count ?? 0)
  }

  private func name(_ steps: Int, _ spacing: StepSpacing) -> String {
    "reconstruction-\(spacing.rawValue)-steps\(steps)"
  }

  private func key(_ steps: Int, _ spacing: StepSpacing) -> KeptResults.Key {
    keys.model + keys.test + [
      "images": "\(reconstructedCount)", "steps": "\(steps)", "spacing": spacing.rawValue,
    ]
  }

  private func kept(_ steps: Int, _ spacing: StepSpacing) -> (SampleMean, ByteImages)? {
    folder.kept.images(name(steps, spacing), key(steps, spacing))
  }

  fileprivate var missingReconstructions: Int {
    about.spacings.reduce(0) { sum, spacing in
      sum + 2 * reconstructedCount * steps.filter { kept($0, spacing) == nil }.reduce(0, +)
    }
  }

  /// Test images to noise and back in all numbers of steps.
  fileprivate func reconstructions() throws -> [Reconstructed] {
    guard let data = subject.test?.drawn(reconstructedCount) else { return [] }
    return try about.spacings.flatMap { spacing in
      try steps.map { steps in
        let (error, images) = try reconstruct(data, steps, spacing)
        return Reconstructed(spacing: spacing, steps: steps, error: error, images: images)
      }
    }
  }

  private func reconstruct(
    _ data: Dataset, _ steps: Int, _ spacing: StepSpacing
  ) throws -> (SampleMean, ByteImages) {
    if let kept = kept(steps, spacing) { return kept }
    let label = "there and back in \(counted(steps, "step"))"
    let found = try meter.measure(label, 2 * steps * data.images.count) { report in
      try subject.model.reconstruct(
        data.images, labels: data.labels, steps: steps, spacing: spacing, threads: about.threads,
        progress: report)
    }
    let (error, images) = (found.error, ByteImages(found.images))
    try folder.kept.keep(name(steps, spacing), key(steps, spacing), error, images: images)
    return (error, images)
  }

  fileprivate func table(of rows: [Reconstructed], count: Int) -> ReportTable {
    var table = ReportTable(
      title: "Reconstruction by DDIM", columns: about.stepColumns + [.init("squared error")],
      note: "\(counted(count, "test image")) of \(about.dataName)"
        + "\(about.givenLabels), to noise and back in so many steps each way: the mean squared error"
        + " per dimension, pixels in [0, 1], as the DDIM paper's Table 2.")
    for row in rows {
      table.rows.append(about.stepCells(row.steps, row.spacing) + [.init(row.error.text)])
    }
    return table
  }

  /// The first images, and below them their reconstructions; one picture per spacing.
  fileprivate func pictures(of rows: [Reconstructed]) throws(FileError) -> [HTML] {
    guard let data = subject.test?.drawn(reconstructedCount) else { return [] }
    let list = list(steps)
    var figures: [HTML] = []
    for spacing in about.spacings {
      let picture = try draw(
        [data.images] + rows.filter { $0.spacing == spacing }.map(\.images),
        "reconstruction-\(spacing.rawValue)",
        "the first row as it is, then there and back in \(list) steps", spacing)
      if let picture {
        figures.append(
          picture.figure("Test images, and below them there and back in \(list) steps"))
      }
    }
    return figures
  }
}
