// What `ddpm evaluate` is told to do; nil leaves a choice to the library.

import Diffusion

/// An evaluation as the command line describes it.
package struct EvaluateSettings: Equatable, Sendable {
  package var model: String?
  package var data: DataChoice
  /// The report's folder, nil for one beside the model.
  package var out: String?
  package var samplers: [SamplerKind]
  package var steps: [Int]
  package var etas: [Eta]
  package var spacings: [StepSpacing]
  package var guidance: Double?
  package var count: Int
  /// nil is all that the data allows.
  package var metrics: [MetricChoice]?
  package var printsJSON: Bool
  package var seed: UInt64
  package var threads: Int?
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Evaluate = EvaluateCommand
    model = try arguments[CommonOptions.model]
    data = try arguments[CommonOptions.data]
    out = try arguments[Evaluate.out]
    samplers = try arguments[Evaluate.sampler]
    steps = try arguments[Evaluate.steps]
    etas = try arguments[Evaluate.eta]
    spacings = try arguments[Evaluate.spacing]
    guidance = try arguments[CommonOptions.guidance]
    count = try arguments[Evaluate.count]
    metrics = try arguments[Evaluate.metrics]
    printsJSON = try arguments[Evaluate.json]
    seed = try arguments[CommonOptions.seed]
    threads = try arguments[CommonOptions.threads]
    isQuiet = try arguments[CommonOptions.quiet]
    if arguments.has(Evaluate.eta), !samplers.contains(where: { $0.noise == .eta }) {
      throw UsageError("--eta belongs to --sampler ddim: add it, or leave --eta out")
    }
    if let metrics { try EvaluateSettings.check(metrics, self, arguments) }
  }

  /// Refuses flags that the metrics asked for have no use for, and metrics that the flags exclude.
  private static func check(
    _ metrics: [MetricChoice], _ settings: EvaluateSettings, _ arguments: Arguments
  ) throws(UsageError) {
    typealias Evaluate = EvaluateCommand
    let list = MetricChoice.list(metrics)
    if !metrics.contains(where: \.needsData), arguments.has(CommonOptions.data) {
      throw UsageError("--data is not read for --metrics \(list): leave one of them out")
    }
    if let obstacle = metrics.lazy.compactMap({ $0.obstacle(settings) }).first {
      throw UsageError(obstacle)
    }
    let users: [(option: any AnyOption, isUsed: (MetricChoice) -> Bool)] = [
      (Evaluate.steps, \.hasSteps), (Evaluate.spacing, \.hasSteps), (Evaluate.eta, \.isOfCells),
      (Evaluate.sampler, \.isOfCells),
      (CommonOptions.guidance, \.isOfSamples),
    ]
    for (option, isUsed) in users
    where arguments.texts[option.flag] != nil && !metrics.contains(where: isUsed) {
      // Consistency is of eta 0, so that naming it does no harm.
      let namesItsEta = metrics.contains(.consistency) && settings.etas == [.value(0)]
      if namesItsEta, option.flag == Evaluate.eta.flag { continue }
      let owners = MetricChoice.list(MetricChoice.allCases.filter(isUsed))
      throw UsageError(
        "\(option.flag) belongs to --metrics \(owners), not to \(list): leave it out")
    }
  }
}

extension EvaluateSettings {
  /// The rows of the comparison, each name once: DDIM at eta 1 is DDPM with the small variance.
  func comparedSamplers(of model: DiffusionModel) -> [any Sampler] {
    let all = samplers.flatMap { kind in
      (kind.noise == .eta ? etas : [.value(0)]).map { kind.make($0, model.defaults.variance) }
    }
    return all.enumerated().filter { place, sampler in
      !all[..<place].contains { $0.name == sampler.name }
    }.map(\.element)
  }
}
