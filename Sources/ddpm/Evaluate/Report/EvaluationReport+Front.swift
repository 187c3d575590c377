// The Pareto front of the comparison: which cells are worth their evaluations of the network.

import Diffusion

extension EvaluationReport {
  /// A cell that no other beats with as few evaluations.
  struct FrontCell {
    let cell: Cell
    /// The leading table's number of it.
    let number: any Measured
    let gain: ParetoFront.Gain
  }

  /// The front of the leading table's numbers over evaluations of the network, by their estimates.
  var front: [FrontCell] {
    guard let quantity = leadingTable?.quantity else { return [] }
    let measured = cells.compactMap { cell in value(quantity, cell).map { (cell, $0) } }
    let points = measured.map { cell, number in
      ParetoFront.Point(
        cost: cell.evaluations, loss: quantity.loss(number.value), error: number.error)
    }
    return ParetoFront.members(of: points).map { member in
      let (cell, number) = measured[member.place]
      return FrontCell(cell: cell, number: number, gain: member.gain)
    }
  }

  /// The front as a table; nil where nothing was measured that can be better or worse.
  var frontTable: ReportTable? {
    guard let (title, quantity) = leadingTable else { return nil }
    var table = ReportTable(
      title: "Pareto front: quality over evaluations of the network",
      columns: [.init("sampler", .left)] + about.stepColumns + [
        .init("NFE"), .init(quantity.words), .init("gain", .left),
        .init("ms per image"),
      ],
      note: Self.frontNote(title))
    for point in front {
      let cell = point.cell
      table.rows.append(
        [.init(cell.sampler)] + about.stepCells(cell.steps, cell.spacing) + [
          .init("\(cell.evaluations)"), .init(quantity.text(point.number)),
          .init(point.gain.words), .init(Self.milliseconds(cell)),
        ])
    }
    return table
  }

  private static func frontNote(_ title: String) -> String {
    "\(title) of the cells that no other beats with as few evaluations of the network per image"
      + " (NFE). The front goes by the estimates alone: a gain within two standard errors of the last"
      + " row that is sure may be chance, and a cell beside the front may be as good."
  }

  static func milliseconds(_ cell: Cell) -> String {
    let time = cell.millisecondsPerImage
    return decimals(time, time < 10 ? 2 : time < 100 ? 1 : 0)
  }

  /// The front in `report.json`; missing where nothing was measured that can be better or worse.
  var frontMembers: [JSON.Member] {
    guard let quantity = leadingTable?.quantity else { return [] }
    let cells = front.map { point in
      JSON.object([
        .init("sampler", .string(point.cell.sampler)),
        .init("spacing", .string(point.cell.spacing.rawValue)),
        .init("steps", .integer(point.cell.steps)),
        .init("nfe", .integer(point.cell.evaluations)),
        .init(quantity.key, point.number.json),
        .init("gain", .string(point.gain.rawValue)),
        .init("milliseconds_per_image", .finite(point.cell.millisecondsPerImage)),
      ])
    }
    return [
      .init(
        "pareto_front",
        .object([.init("quantity", .string(quantity.key)), .init("cells", .array(cells))]))
    ]
  }
}

extension ParetoFront.Gain {
  fileprivate var words: String {
    switch self {
    case .cheapest: "-"
    case .certain: "more than chance"
    case .chance: "may be chance"
    }
  }
}
