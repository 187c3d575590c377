// Bits per dimension: what test images cost under the model, term by term.

import Diffusion

extension Metric {
  package static let bpd = Metric(
    name: "bpd", needs: .test,
    section: Section(
      missingEvaluations: { $0.keptLikelihoods == nil ? $0.likelihoodEvaluations : 0 },
      measure: { session in
        let likelihoods = try session.likelihoods()
        guard let first = likelihoods.first else { return nil }
        return .init(
          heading: "Bits per dimension",
          table: table(of: likelihoods, note: first.note(session.about)),
          figures: likelihoods.map(\.bars.figure),
          members: [
            .init("bits_per_dimension", .array(likelihoods.map(\.json))),
            .init("decoder_floor", first.decoderFloor.map(JSON.finite) ?? .null),
            .init("decoder_deviation", .finite(first.decoderDeviation)),
          ])
      }))

  /// The bits that test images cost, one column per variance.
  private static func table(of likelihoods: [Likelihood], note: String) -> ReportTable {
    var table = ReportTable(
      title: "Bits per dimension",
      columns: [.init("term", .left)]
        + likelihoods.map { .init("\($0.variance.rawValue) variance") },
      note: note)
    func add(_ name: String, _ term: (Likelihood) -> SampleMean) {
      table.rows.append(
        [ReportTable.Cell(name)] + likelihoods.map { ReportTable.Cell(term($0).text) })
    }
    add("prior", \.prior)
    let octaves = likelihoods.first?.octaves ?? []
    for place in octaves.indices.reversed() {
      add("  t \(octaves[place].timesteps.words)") { $0.octaves[place].bits }
    }
    add("middle", \.middle)
    add("decoder", \.decoder)
    let unclipped = likelihoods.compactMap(\.unclippedDecoder)
    if unclipped.count == likelihoods.count {
      table.rows.append(
        [ReportTable.Cell("  not clipped")] + unclipped.map { ReportTable.Cell($0.text) })
    }
    add("total", \.total)
    return table
  }
}

extension EvaluationSession {
  private static let bitsName = "bits-per-dimension"

  private var bitsKey: KeptResults.Key {
    keys.model + keys.seed + keys.count + keys.test + [
      "variances": variances.map(\.kind.rawValue).joined(separator: ","),
      "image_variance": subject.imageVariance?.fingerprint ?? "-",
    ]
  }

  /// DDPM's two, the network's own where it learned it, and the optimal one where that is compared.
  private var variances: [ReverseVariance] {
    [.small, .large] + (subject.model.learnsVariance ? [.learned] : [])
      + (subject.imageVariance.map { [.optimal($0)] } ?? [])
  }
  fileprivate var keptLikelihoods: [Likelihood]? { folder.kept.result(Self.bitsName, bitsKey) }

  private var likelihoodCount: Int { min(about.count, subject.test?.images.count ?? 0) }
  fileprivate var likelihoodEvaluations: Int {
    likelihoodCount * subject.model.evaluationsPerLikelihood
  }

  /// The bits that test images cost, one value per variance.
  ///
  /// - Throws: `SamplingError`, `FileError`.
  fileprivate func likelihoods() throws -> [Likelihood] {
    guard let test = subject.test else { return [] }
    if let keptLikelihoods { return keptLikelihoods }
    let result = meter.measure("bits/dim", likelihoodEvaluations) { report in
      subject.model.likelihoods(
        of: test.images, labels: test.labels, variances, count: likelihoodCount, seed: about.seed,
        threads: about.threads, progress: report)
    }
    guard result.allSatisfy(\.total.mean.isFinite) else { throw SamplingError.notFinite }
    try folder.kept.keep(Self.bitsName, bitsKey, result)
    return result
  }
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
      .init("unclipped_decoder", unclippedDecoder.map(\.json) ?? .null),
      .init(
        "by_timestep", .array(octaves.map { .range($0.timesteps, .init("bits", $0.bits.json)) })),
    ])
  }

  fileprivate func note(_ about: EvaluationReport.About) -> String {
    """
    The bound on -log2 p of \(counted(images, "test image")) of \(about.dataName)\
    \(about.givenLabels), drawn at random, ± one standard error. Prior, middle and decoder add up to \
    the total; the middle is the sum of its timesteps t. \(decoderNote)
    """
  }

  private var decoderNote: String {
    let deviation = decimals(decoderDeviation, 4)
    guard let decoderFloor else {
      return """
        The decoder is VDM's, p(x_0 | x_1) ∝ q(x_1 | x_0): x_1 has noise of \(deviation), where half a level of \
        grey is 0.0039.
        """
    }
    return """
      Estimates of x_0 are clipped as in sampling\(unclippedNote). The decoder has its floor: \
      DDPM's deviation is fixed by the schedule at \(deviation), where half a level of grey is \
      0.0039, so even estimates that are the images themselves would cost \
      \(decimals(decoderFloor, 4)) bits. Less is possible with another schedule, or where estimates are not \
      clipped: those below black say black with less doubt than black itself.
      """
  }

  private var unclippedNote: String {
    unclippedDecoder.map { "; not clipped, the decoder's would cost \($0.brief)" } ?? ""
  }

  /// Where the bits go.
  fileprivate var bars: BarList {
    func bar(_ name: String, _ bits: SampleMean, isOther: Bool) -> BarList.Bar {
      BarList.Bar(name: name, value: bits.mean, text: bits.brief, isOther: isOther)
    }
    return BarList(
      title: "Where the bits go, \(variance.rawValue) variance",
      bars: [bar("prior", prior, isOther: true)]
        + octaves.reversed().map { bar("t \($0.timesteps.words)", $0.bits, isOther: false) }
        + [bar("decoder", decoder, isOther: true)])
  }
}
