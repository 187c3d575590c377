// What `ddpm evaluate` is told to do; nil leaves a choice to the library.

import Diffusion

/// An evaluation as the command line describes it.
package struct EvaluateSettings: Equatable, Sendable {
  package var model: String?
  package var data: DataChoice
  /// The report's folder, nil for one beside the model.
  package var out: String?
  package var steps: [Int]
  package var etas: [Eta]
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
    steps = try arguments[Evaluate.steps]
    etas = try arguments[Evaluate.eta]
    count = try arguments[Evaluate.count]
    metrics = try arguments[Evaluate.metrics]
    printsJSON = try arguments[Evaluate.json]
    seed = try arguments[CommonOptions.seed]
    threads = try arguments[CommonOptions.threads]
    isQuiet = try arguments[CommonOptions.quiet]
    if let metrics, !metrics.contains(where: \.needsData), arguments.has(CommonOptions.data) {
      throw UsageError("--data is not read for --metrics time: leave one of them out")
    }
    if let metrics, !metrics.contains(.time) {
      let flag = arguments.has(Evaluate.steps) ? Evaluate.steps.flag : Evaluate.eta.flag
      if arguments.has(Evaluate.steps) || arguments.has(Evaluate.eta) {
        throw UsageError("\(flag) belongs to --metrics time: nothing else is sampled")
      }
    }
  }
}
