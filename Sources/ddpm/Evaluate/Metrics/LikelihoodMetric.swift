// Bits a dimension: what test images cost under the model, term by term.

import Diffusion

extension Metric {
  package static let bpd = Metric(
    name: "bpd", needs: .test,
    results: Results(
      table: { $0.bitsTable },
      members: { report in
        guard let first = report.likelihoods.first else { return [] }
        return [
          .init("bits_per_dimension", .array(report.likelihoods.map(\.json))),
          .init("decoder_floor", .finite(first.decoderFloor)),
          .init("decoder_deviation", .finite(first.decoderDeviation)),
        ]
      }))
}

extension Likelihood {
  fileprivate var json: JSON {
    .object([
      .init("variance", .string(variance.rawValue)),
      .init("images", .integer(images)),
      .init("total", total.json),
      .init("prior", prior.json),
      .init("middle", middle.json),
      .init("decoder", decoder.json),
      .init(
        "by_timestep", .array(octaves.map { .range($0.timesteps, .init("bits", $0.bits.json)) })),
    ])
  }
}

extension EvaluationReport {
  /// The bits that test images cost.
  var bitsTable: ReportTable? {
    guard let first = likelihoods.first else { return nil }
    var table = ReportTable(
      title: "Bits a dimension",
      columns: [.init("term", .left)]
        + likelihoods.map { .init("\($0.variance.rawValue) variance") },
      note: bitsNote(first))
    func add(_ name: String, _ term: (Likelihood) -> SampleMean) {
      table.rows.append(
        [ReportTable.Cell(name)] + likelihoods.map { ReportTable.Cell(term($0).text) })
    }
    add("prior", \.prior)
    for place in first.octaves.indices.reversed() {
      add("  t \(first.octaves[place].timesteps.words)") { $0.octaves[place].bits }
    }
    add("middle", \.middle)
    add("decoder", \.decoder)
    add("total", \.total)
    return table
  }

  private func bitsNote(_ bits: Likelihood) -> String {
    """
    The bound on -log2 p of \(counted(bits.images, "test image")) of \(about.dataName)\
    \(about.givenLabels), drawn at random, ± one standard error. Prior, middle and decoder add up to \
    the total; the middle is the sum of its timesteps t. The decoder has its floor: its deviation is \
    fixed by the schedule at \(decimals(bits.decoderDeviation, 4)), where half a level of grey is \
    0.0039, so even estimates that are the images themselves would cost \
    \(decimals(bits.decoderFloor, 4)) bits. More of the total than that floor is the network's part; \
    less of it is possible with another schedule only.
    """
  }

  /// Where the bits go, one list per variance.
  var bitBars: [BarList] {
    likelihoods.map { bits in
      func bar(_ name: String, _ bits: SampleMean, isOther: Bool) -> BarList.Bar {
        BarList.Bar(name: name, value: bits.mean, text: bits.brief, isOther: isOther)
      }
      return BarList(
        title: "Where the bits go, \(bits.variance.rawValue) variance",
        bars: [bar("prior", bits.prior, isOther: true)]
          + bits.octaves.reversed().map {
            bar("t \($0.timesteps.words)", $0.bits, isOther: false)
          } + [bar("decoder", bits.decoder, isOther: true)])
    }
  }
}
