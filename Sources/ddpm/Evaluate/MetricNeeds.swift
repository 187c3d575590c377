// What each measurement of the evaluation needs, and what it is called.

import Diffusion

extension MetricChoice {
  /// In words.
  var title: String {
    switch self {
    case .time: "time"
    case .fd: "Frechet distance"
    case .kd: "kernel distance"
    case .pr: "precision and recall"
    case .neighbours: "nearest training images"
    case .recon: "reconstruction"
    case .consistency: "consistency"
    case .bpd: "bits/dim"
    case .loss: "held-out loss"
    }
  }

  /// Whether it is a number of each cell.
  var isOfCells: Bool {
    switch self {
    case .time, .fd, .kd, .pr, .neighbours: true
    case .recon, .consistency, .bpd, .loss: false
    }
  }

  /// Whether it is measured on images drawn from noise.
  var isOfSamples: Bool { isOfCells || self == .consistency }

  /// Whether it depends on numbers of steps and their spacing.
  var hasSteps: Bool { isOfSamples || self == .recon }

  /// Whether it is measured on images of the data.
  var needsData: Bool {
    switch self {
    case .time, .consistency: false
    case .fd, .kd, .pr, .neighbours, .recon, .bpd, .loss: true
    }
  }

  /// Whether it compares with training images too.
  var needsTraining: Bool { needsFeatures || self == .neighbours }

  /// Whether it compares in the features that a network learns from labels.
  var needsFeatures: Bool {
    switch self {
    case .fd, .kd, .pr: true
    case .time, .neighbours, .recon, .consistency, .bpd, .loss: false
    }
  }

  /// Why `settings` do not allow it, with the way out; nil where they do.
  func obstacle(_ settings: EvaluateSettings) -> String? {
    switch self {
    case .fd, .kd, .pr:
      settings.count < QualityJudge.leastCount
        ? "--count \(settings.count) is too few images to compare: take"
          + " \(QualityJudge.leastCount) or more"
        : nil
    case .consistency:
      if !settings.samplers.contains(.ddim) {
        "consistency compares DDIM's images: add ddim to --sampler"
      } else if !settings.etas.contains(.value(0)) {
        "consistency compares DDIM's images: add 0 to --eta"
      } else if settings.steps.count < 2 {
        "consistency compares numbers of steps: give --steps two or more"
      } else {
        nil
      }
    case .time, .neighbours, .recon, .bpd, .loss: nil
    }
  }

  /// Several by the names that `--metrics` has for them.
  static func list(_ metrics: [MetricChoice]) -> String {
    metrics.map(\.rawValue).joined(separator: ", ")
  }
}
