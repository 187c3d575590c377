// The held-out loss: L_simple on test images, by timestep.

import Diffusion

extension Metric {
  package static let loss = Metric(
    name: "loss", needs: .test,
    results: Results(
      table: { $0.lossTable },
      members: { report in
        guard let loss = report.loss else { return [] }
        let ranges = zip(loss.ranges, loss.byTimestep).map { range, loss in
          JSON.range(range, .init("loss", .finite(loss)))
        }
        return [
          .init(
            "held_out_loss",
            .object([.init("mean", .finite(loss.mean)), .init("by_timestep", .array(ranges))]))
        ]
      }))
}

extension EvaluationReport {
  /// The loss on test images.
  var lossTable: ReportTable? {
    guard let loss else { return nil }
    var table = ReportTable(
      title: "Held-out loss", columns: [.init("timesteps", .left), .init("loss")],
      note: "L_simple on test images of \(about.dataName)\(about.givenLabels), always with the same"
        + " noise.")
    for (range, loss) in zip(loss.ranges, loss.byTimestep) {
      table.rows.append([.init(range.words), .init(decimals(loss, 4))])
    }
    table.rows.append([.init("all"), .init(decimals(loss.mean, 4))])
    return table
  }

  /// Where the loss is.
  var lossBars: BarList? {
    loss.map { loss in
      BarList(
        title: "Loss by timestep",
        bars: zip(loss.ranges, loss.byTimestep).map { range, loss in
          BarList.Bar(name: "t \(range.words)", value: loss, text: decimals(loss, 4))
        })
    }
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
