// `ddpm evaluate`: its words and its options.

import Diffusion

/// Compares samplers on a model.
package struct EvaluateCommand: Command {
  package static let name = "evaluate"
  package static let isShared = true
  package static let abstract =
    "Compares samplers on a trained model: time and quality by sampler and steps"
  package static let examples = [
    Example("ddpm evaluate", "the model in runs/mnist on the MNIST in data/mnist"),
    Example(
      "ddpm evaluate --model runs/digits --data synthetic --count 200",
      "a smaller comparison that needs no file"),
    Example(
      "ddpm evaluate --steps 10,50 --eta 0,hat --metrics time --json",
      "four samplings timed, as JSON on standard output"),
    Example(
      "ddpm evaluate --sampler ddim,dpm++2m --eta 0 --steps 10,20", "two solvers in few steps"),
    Example(
      "ddpm evaluate --steps 10,25 --eta 0 --spacing trailing,quadratic",
      "which timesteps to visit"),
  ]

  static let out = Option<String?>(
    "--out", "DIR", .folder, unset: "MODEL/evaluation",
    "the report's folder, for an installed model ./evaluation; what it already holds is not measured again"
  )
  static let sampler = Option<[SamplerKind]>(
    "--sampler", "LIST", .distinctList(of: .comparedSampler), default: [.ddim],
    """
    rows of the comparison, of \(SamplerKind.compared.names): ddim has one row per --eta, ddpm the model's \
    variance
    """
  )
  static let steps = Option<[Int]>(
    "--steps", "LIST", .distinctList(of: .integer(1...Limit.timesteps)),
    default: [10, 20, 50, 100], "numbers of sampling steps to compare")
  static let eta = Option<[Eta]>(
    "--eta", "LIST", .distinctList(of: .eta), default: [.value(0), .value(1), .hat],
    "amounts of ddim's noise to compare: 0 is DDIM, 1 DDPM's small variance, hat its large")
  static let spacing = Option<[StepSpacing]>(
    "--spacing", "LIST", .distinctList(of: .choice), default: [.trailing],
    "the timesteps that short samplers visit: \(spacings)")
  static let count = Option<Int>(
    "--count", "N", .integer(1...Limit.images), default: 1000,
    "images per cell of the comparison, and test images for bits/dim and loss")
  static let metrics = Option<[Metric]?>(
    "--metrics", "LIST", .distinctList(of: .metric), unset: "all that the data allow, but ode",
    """
    what to measure: time, Frechet (fd) and kernel distance (kd), precision and recall (pr), nearest \
    training images (neighbours), encoding and decoding (recon), edits as pictures (edits), the same noise in different steps \
    (consistency), bits/dim (bpd), held-out loss (loss), likelihood along the probability-flow ODE (ode)
    """)
  static let features = Option<FeatureArchitecture>(
    "--features", "shallow|deep", .choice, default: .shallow,
    """
    the classifier in whose features images are compared: shallow, or deep, another one with another seed, as \
    a check
    """)
  static let json = Option<Bool>("--json", "print the report as JSON")

  private static var spacings: String {
    StepSpacing.allCases.map(\.rawValue).joined(separator: ", ")
  }

  package static let table = OptionTable(
    .init(
      "Model, data and output", CommonOptions.model, CommonOptions.data, CommonOptions.transpose,
      out, json),
    .init(
      "Comparison", sampler, steps, eta, spacing, CommonOptions.guidance,
      CommonOptions.guidanceInterval, CommonOptions.guideBy, CommonOptions.guidanceRescale, count,
      metrics, features),
    .init("Machine and reproducibility", CommonOptions.seed, CommonOptions.threads),
    .init("On the way", CommonOptions.quiet))

  package let settings: EvaluateSettings
  /// What the ranks of a job compare.
  let arguments: Arguments

  package init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    settings = try EvaluateSettings(arguments)
  }
}
