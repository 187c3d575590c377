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
        .init("solver", .string(row.solver.name)),
        .init("spacing", .string(row.spacing.rawValue)), .init("steps", .integer(row.steps)),
        .init("images", .integer(row.images.count)), .init("squared_error", row.error.json),
      ])
    }
    return [.init("reconstruction", .array(objects))]
  }
}

/// Images encoded and decoded in some steps each way.
private struct Reconstructed {
  let way: WayToNoise
  let error: SampleMean
  let images: ByteImages

  var solver: LatentSolver { way.solver }
  var spacing: StepSpacing { way.spacing }
  var steps: Int { way.steps }
}

/// How images go to noise and back.
private struct WayToNoise {
  let solver: LatentSolver
  let spacing: StepSpacing
  let steps: Int
}

extension LatentSolver {
  /// As `--sampler` names it.
  var name: String {
    switch self {
    case .ddim: SamplerKind.ddim.name
    case .secondOrder: SamplerKind.secondOrderDDIM.name
    }
  }

  fileprivate var title: String {
    switch self {
    case .ddim: "DDIM"
    case .secondOrder: "second order"
    }
  }
}

extension EvaluationSession {
  /// The most images that go to noise and back: each takes twice the steps of a sample.
  private static let mostReconstructed = 200

  private var reconstructedCount: Int {
    min(about.count, Self.mostReconstructed, subject.test?.images.count ?? 0)
  }

  private func name(_ way: WayToNoise) -> String {
    "reconstruction-\(way.solver.name)-\(way.spacing.rawValue)-steps\(way.steps)"
  }

  private func key(_ way: WayToNoise) -> KeptResults.Key {
    keys.model + keys.test + [
      "images": "\(reconstructedCount)", "steps": "\(way.steps)", "spacing": way.spacing.rawValue,
      "solver": way.solver.name,
    ]
  }

  private func kept(_ way: WayToNoise) -> (SampleMean, ByteImages)? {
    folder.kept.images(name(way), key(way))
  }

  private var ways: [WayToNoise] {
    LatentSolver.allCases.flatMap { solver in
      about.spacings.flatMap { spacing in
        steps.map { WayToNoise(solver: solver, spacing: spacing, steps: $0) }
      }
    }
  }

  fileprivate var missingReconstructions: Int {
    ways.filter { kept($0) == nil }.reduce(0) { $0 + 2 * reconstructedCount * $1.steps }
  }

  /// Test images to noise and back in all numbers of steps.
  fileprivate func reconstructions() throws -> [Reconstructed] {
    guard let data = subject.test?.drawn(reconstructedCount) else { return [] }
    return try ways.map { way in
      let (error, images) = try reconstruct(data, way)
      return Reconstructed(way: way, error: error, images: images)
    }
  }

  private func reconstruct(
    _ data: Dataset, _ way: WayToNoise
  ) throws -> (SampleMean, ByteImages) {
    if let kept = kept(way) { return kept }
    let label = "there and back in \(counted(way.steps, "step"))"
    let found = try meter.measure(label, 2 * way.steps * data.images.count) { report in
      try subject.model.reconstruct(
        data.images, labels: data.labels, steps: way.steps, spacing: way.spacing, by: way.solver,
        threads: about.threads, progress: report)
    }
    let (error, images) = (found.error, ByteImages(found.images))
    try folder.kept.keep(name(way), key(way), error, images: images)
    return (error, images)
  }

  fileprivate func table(of rows: [Reconstructed], count: Int) -> ReportTable {
    var table = ReportTable(
      title: "Reconstruction",
      columns: about.stepColumns + LatentSolver.allCases.map { .init($0.title) },
      note: "\(counted(count, "test image")) of \(about.dataName)"
        + "\(about.givenLabels), to noise and back in so many steps each way: the mean squared error"
        + " per dimension, pixels in [0, 1], as the DDIM paper's Table 2, which has .014, .0065, .0023,"
        + " .0009, .0004 and .0001 for 10, 20, 50, 100, 200 and 500 steps of CIFAR-10.")
    for spacing in about.spacings {
      for steps in steps {
        let found = rows.filter { $0.spacing == spacing && $0.steps == steps }
        table.rows.append(
          about.stepCells(steps, spacing) + found.map { .init($0.error.text) })
      }
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
        "the first row as it is, then there and back in \(list) steps, of first and second order",
        spacing)
      if let picture {
        figures.append(
          picture.figure(
            "Test images, and below them there and back in \(list) steps of DDIM, then of DDIM of"
              + " second order"))
      }
    }
    return figures
  }
}
