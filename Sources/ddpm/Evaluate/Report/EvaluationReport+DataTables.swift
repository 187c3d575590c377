// Tables of what is measured on the data's images: bits, loss, the way to noise and back.

import Diffusion

extension EvaluationReport {
  /// The tables, each where it was measured.
  var dataTables: [ReportTable] {
    [reconstructionTable, consistencyTable, bitsTable, lossTable].compactMap(\.self)
  }

  /// Steps, with the spacing where there are several.
  private var stepColumns: [Table.Column] {
    [.init("steps")] + (about.spacings.count > 1 ? [.init("spacing", .left)] : [])
  }

  private func stepCells(_ steps: Int, _ spacing: StepSpacing) -> [ReportTable.Cell] {
    [.init("\(steps)")] + (about.spacings.count > 1 ? [.init(spacing.rawValue)] : [])
  }

  /// What is lost on the way to noise and back.
  var reconstructionTable: ReportTable? {
    guard !reconstructions.isEmpty else { return nil }
    var table = ReportTable(
      title: "Reconstruction by DDIM", columns: stepColumns + [.init("squared error")],
      note: "\(counted(reconstructions[0].images, "test image")) of \(about.dataName)"
        + "\(about.givenLabels), to noise and back in so many steps each way: the mean squared error"
        + " a dimension, pixels in [0, 1], as the DDIM paper's Table 2.")
    for row in reconstructions {
      table.rows.append(stepCells(row.steps, row.spacing) + [.init(row.error.text)])
    }
    return table
  }

  /// Whether the noise decides the image.
  var consistencyTable: ReportTable? {
    guard !consistencies.isEmpty else { return nil }
    let hasClasses = consistencies[0].rows.contains { $0.sameClass != nil }
    let unrelated = consistencies[0].unrelated.map { "; unrelated images \($0.text)" } ?? ""
    var table = ReportTable(
      title: "Consistency of DDIM\(unrelated)",
      columns: stepColumns + [.init("squared difference")]
        + (hasClasses ? [.init("same class")] : []),
      note:
        "How far images are from those that the same noise becomes in the most steps: mean squared"
        + " difference a dimension, pixels in [0, 1], as the DDIM paper's Figure 5 shows it.")
    for series in consistencies {
      for row in series.rows {
        let classes = row.sameClass.map { [ReportTable.Cell(percent($0.value))] } ?? []
        table.rows.append(
          stepCells(row.steps, series.spacing)
            + [.init(row.steps == series.rows.last?.steps ? "-" : row.distance.text)] + classes)
      }
    }
    return table
  }

  /// The bits that test images cost.
  var bitsTable: ReportTable? {
    guard let bits, let first = bits.terms.first else { return nil }
    var table = ReportTable(
      title: "Bits a dimension",
      columns: [.init("term", .left)] + bits.terms.map { .init("\($0.variance) variance") },
      note: bitsNote(bits, images: first.images))
    func add(_ name: String, _ term: (Bits.Terms) -> Measured) {
      table.rows.append(
        [ReportTable.Cell(name)] + bits.terms.map { ReportTable.Cell(term($0).text) })
    }
    add("prior", \.prior)
    for place in first.octaves.indices.reversed() {
      let octave = first.octaves[place]
      add("  t \(span(octave.first, octave.last))") { $0.octaves[place].bits }
    }
    add("middle", \.middle)
    add("decoder", \.decoder)
    add("total", \.total)
    return table
  }

  private func bitsNote(_ bits: Bits, images: Int) -> String {
    """
    The bound on -log2 p of \(counted(images, "test image")) of \(about.dataName)\(about.givenLabels), \
    drawn at random, ± one standard error. Prior, middle and decoder add up to the total; the middle is \
    the sum of its timesteps t. The decoder has its floor: its deviation is fixed by the schedule at \
    \(decimals(bits.decoderDeviation, 4)), where half a level of grey is 0.0039, so even estimates that \
    are the images themselves would cost \(decimals(bits.decoderFloor, 4)) bits. More of the total than \
    that floor is the network's part; less of it is possible with another schedule only.
    """
  }

  /// The loss on test images.
  var lossTable: ReportTable? {
    guard let loss else { return nil }
    var table = ReportTable(
      title: "Held-out loss", columns: [.init("timesteps", .left), .init("loss")],
      note: "L_simple on test images of \(about.dataName)\(about.givenLabels), always with the same"
        + " noise.")
    for range in loss.ranges {
      table.rows.append([.init(span(range.first, range.last)), .init(decimals(range.loss, 4))])
    }
    table.rows.append([.init("all"), .init(decimals(loss.mean, 4))])
    return table
  }
}
