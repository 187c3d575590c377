// The held-out loss: L_simple on test images, by timestep.

import Diffusion

extension Metric {
  package static let loss = Metric(
    name: "loss", needs: .test,
    section: Section(
      missingEvaluations: { $0.keptLoss == nil ? $0.lossCount : 0 },
      measure: { session in
        guard let loss = try session.loss() else { return nil }
        return .init(
          heading: "Held-out loss", table: loss.table(session.about), figures: [loss.bars.figure],
          members: loss.members)
      }))
}

extension EvaluationSession {
  private static let lossName = "held-out-loss"
  /// In how many ranges of timesteps the loss is reported.
  private static let usualBins = 10

  private var lossBins: Int { min(Self.usualBins, about.timesteps) }
  /// Triples of image, timestep and noise: at least as many as ranges of timesteps.
  fileprivate var lossCount: Int { max(about.count, lossBins) }

  private var lossKey: KeptResults.Key { keys.model + keys.count + keys.test }
  fileprivate var keptLoss: HeldOutLoss.Measurement? { folder.kept.result(Self.lossName, lossKey) }

  /// The loss on test images.
  ///
  /// - Throws: `SamplingError`, `FileError`.
  fileprivate func loss() throws -> HeldOutLoss.Measurement? {
    guard let test = subject.test else { return nil }
    if let keptLoss { return keptLoss }
    let loss = HeldOutLoss(
      on: test.images, labels: test.labels, count: lossCount, bins: lossBins)
    let result = meter.measure("held-out loss", lossCount) { _ in
      loss(subject.model, threads: about.threads)
    }
    guard result.mean.isFinite else { throw SamplingError.notFinite }
    try folder.kept.keep(Self.lossName, lossKey, result)
    return result
  }
}

extension HeldOutLoss.Measurement {
  fileprivate func table(_ about: EvaluationReport.About) -> ReportTable {
    var table = ReportTable(
      title: "Held-out loss", columns: [.init("timesteps", .left), .init("loss")],
      note: "L_simple on test images of \(about.dataName)\(about.givenLabels), always with the same"
        + " noise.")
    for (range, loss) in zip(ranges, byTimestep) {
      table.rows.append([.init(range.words), .init(decimals(loss, 4))])
    }
    table.rows.append([.init("all"), .init(decimals(mean, 4))])
    return table
  }

  /// Where the loss is.
  fileprivate var bars: BarList {
    BarList(
      title: "Loss by timestep",
      bars: zip(ranges, byTimestep).map { range, loss in
        BarList.Bar(name: "t \(range.words)", value: loss, text: decimals(loss, 4))
      })
  }

  fileprivate var members: [JSON.Member] {
    let ranges = zip(ranges, byTimestep).map { range, loss in
      JSON.range(range, .init("loss", .finite(loss)))
    }
    return [
      .init(
        "held_out_loss",
        .object([.init("mean", .finite(mean)), .init("by_timestep", .array(ranges))]))
    ]
  }
}

extension ClosedRange<Timestep> {
  /// Timesteps from the first to the last.
  var words: String {
    lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)"
  }
}

extension JSON {
  /// A range of timesteps and what was measured there.
  static func range(_ range: ClosedRange<Timestep>, _ measured: Member) -> JSON {
    .object([
      .init("first", .integer(range.lowerBound.value)),
      .init("last", .integer(range.upperBound.value)), measured,
    ])
  }
}
