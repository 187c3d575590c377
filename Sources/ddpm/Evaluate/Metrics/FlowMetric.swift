// Exact likelihood along the probability-flow ODE.

import Diffusion

extension Metric {
  package static let ode = Metric(
    name: "ode", needs: .test,
    section: Section(
      missingEvaluations: { $0.keptFlow == nil ? $0.flowEvaluations : 0 },
      measure: { session in
        guard let flow = try session.flow() else { return nil }
        return .init(
          heading: "Exact likelihood", table: flow.table(session.about), figures: [],
          members: [.init("flow_bits_per_dimension", flow.json)])
      }),
    isOnDemand: true)
}

extension EvaluationSession {
  private static let flowName = "flow-likelihood"
  private static let flowSteps = 100

  private var flowSteps: Int { min(Self.flowSteps, about.timesteps) }
  private var flowCount: Int { min(about.count, subject.test?.images.count ?? 0) }
  private var flowKey: KeptResults.Key {
    // The steps were even in t once, and what was kept then is another number.
    keys.model + keys.seed + keys.count + keys.test + [
      "steps": "\(flowSteps)", "even in": "the cube root of the angle",
    ]
  }

  fileprivate var keptFlow: FlowLikelihood? { folder.kept.result(Self.flowName, flowKey) }
  fileprivate var flowEvaluations: Int {
    flowCount * subject.model.evaluationsPerFlowLikelihood(steps: flowSteps)
  }

  /// The likelihood of test images.
  ///
  /// - Throws: `SamplingError`, `FileError`.
  fileprivate func flow() throws -> FlowLikelihood? {
    guard let test = subject.test else { return nil }
    if let keptFlow { return keptFlow }
    let flow = try meter.measure("exact likelihood", flowEvaluations) { report in
      try subject.model.flowLikelihood(
        of: test.images, labels: test.labels, count: flowCount, steps: flowSteps, seed: about.seed,
        threads: about.threads, progress: report)
    }
    guard flow.bits.mean.isFinite else { throw SamplingError.notFinite }
    try folder.kept.keep(Self.flowName, flowKey, flow)
    return flow
  }
}

extension FlowLikelihood {
  fileprivate func table(_ about: EvaluationReport.About) -> ReportTable {
    var table = ReportTable(
      title: "Exact likelihood", columns: [.init("steps"), .init("bits/dim"), .init("step error")],
      note:
        "-log2 p of \(counted(images, "test image")) of \(about.dataName)\(about.givenLabels) along the"
        + " probability-flow ODE, with uniform noise as wide as a level of grey: beside the bits of flows"
        + " that dequantise so, and not comparable with the bound's, whose decoder is discretized. Step"
        + " error: a third of the difference to half as many steps.")
    table.rows.append([
      .init("\(steps)"), .init(bits.text), .init(stepError.map { decimals($0, 4) } ?? ""),
    ])
    return table
  }

  fileprivate var json: JSON {
    .object([
      .init("images", .integer(images)), .init("steps", .integer(steps)), .init("bits", bits.json),
      .init("step_error", stepError.map(JSON.finite) ?? .null),
    ])
  }
}
