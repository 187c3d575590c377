// What `ddpm evaluate` is told to do; nil leaves a choice to the library.

import Diffusion

/// An evaluation as the command line describes it.
package struct EvaluateSettings: Equatable, Sendable {
  package var model: String?
  package var data: DataSettings
  /// The report's folder, nil for one beside the model.
  package var out: String?
  package var samplers: [SamplerKind]
  package var steps: [Int]
  /// Whether these were asked for, as the usual ones may be too.
  package var namesSteps: Bool
  /// Whether the data were.
  package var namesData: Bool
  package var etas: [Eta]
  package var spacings: [StepSpacing]
  package var guidance: GuidanceSettings
  package var count: Int
  /// The network whose features are compared.
  package var features: FeatureArchitecture
  /// nil is all that the data allows.
  package var metrics: [Metric]?
  package var printsJSON: Bool
  package var seed: UInt64
  package var threads: Int?
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Evaluate = EvaluateCommand
    model = try arguments[CommonOptions.model]
    data = try DataSettings(arguments)
    out = try arguments[Evaluate.out]
    samplers = try arguments[Evaluate.sampler]
    steps = try arguments[Evaluate.steps]
    namesSteps = arguments.has(Evaluate.steps)
    namesData = arguments.has(CommonOptions.data)
    etas = try arguments[Evaluate.eta]
    spacings = try arguments[Evaluate.spacing]
    guidance = try GuidanceSettings(arguments)
    count = try arguments[Evaluate.count]
    features = try arguments[Evaluate.features]
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

  /// Whether some metric is of the optimal variance, which then has to be estimated: of images that are drawn
  /// with it, or of the bound.
  func measuresOptimalVariance(_ metrics: [Metric]) -> Bool {
    samplers.contains(.ddpmOptimal) && (metrics.need(.cells) || metrics.contains(.bpd))
  }

  /// Refuses flags that none of the chosen metrics uses, and metrics that the flags exclude.
  private static func check(
    _ metrics: [Metric], _ settings: EvaluateSettings, _ arguments: Arguments
  ) throws(UsageError) {
    typealias Evaluate = EvaluateCommand
    let list = metrics.names
    if !metrics.need(.test) {
      for option: any AnyOption in [CommonOptions.data, CommonOptions.transpose]
      where arguments.texts[option.flag] != nil {
        throw UsageError(
          "\(option.flag) is not read for --metrics \(list): leave one of them out")
      }
    }
    if let obstacle = metrics.lazy.compactMap({ $0.excluded(by: settings) }).first {
      throw UsageError(obstacle)
    }
    let users: [(option: any AnyOption, needs: Metric.Needs)] = [
      (Evaluate.steps, .steps), (Evaluate.spacing, .steps), (Evaluate.eta, .cells),
      (Evaluate.sampler, .cells), (Evaluate.features, .features),
      (CommonOptions.guidance, .samples), (CommonOptions.guideBy, .samples),
    ]
    for (option, needs) in users
    where arguments.texts[option.flag] != nil && !metrics.need(needs) {
      // Consistency is measured at eta 0, so this value may be given for it.
      let namesItsEta = metrics.contains(.consistency) && settings.etas == [.value(0)]
      if namesItsEta, option.flag == Evaluate.eta.flag { continue }
      if settings.measuresOptimalVariance(metrics), option.flag == Evaluate.sampler.flag {
        continue
      }
      let owners = Metric.all.filter { $0.needs.isSuperset(of: needs) }.names
      throw UsageError(
        "\(option.flag) belongs to --metrics \(owners), not to \(list): leave it out")
    }
  }
}

extension EvaluateSettings {
  /// The rows of the comparison, each name once: DDIM at eta 1 is DDPM with the small variance.
  func comparedSamplers(of subject: EvaluationSubject) -> [any Sampler] {
    let all = samplers.flatMap { kind in
      let variance = (kind.variance ?? subject.model.defaults.variance).variance {
        guard let noise = subject.imageVariance else {
          preconditionFailure("no image variance for \(kind.name)")
        }
        return noise
      }
      return (kind.noise == .eta ? etas : [.value(0)]).map { kind.make($0, variance) }
    }
    return all.enumerated().filter { place, sampler in
      !all[..<place].contains { $0.name == sampler.name }
    }.map(\.element)
  }
}
