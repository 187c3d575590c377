// What measurements depend on: where any of it differs, they are made again.

import Diffusion

/// The parts of the keys under which results are kept, and the keys of cells.
struct EvaluationKeys {
  let model: KeptResults.Key
  let seed: KeptResults.Key
  let machine: KeptResults.Key
  let test: KeptResults.Key
  let training: KeptResults.Key
  let count: KeptResults.Key
  let guidance: KeptResults.Key
  private let features: FeatureArchitecture

  init(_ subject: EvaluationSubject, _ about: EvaluationReport.About) {
    model = ["program": Tool.version, "model": subject.model.fingerprint]
    seed = ["seed": "\(about.seed)"]
    machine = ["kernels": Platform.instructionSet, "threads": "\(about.threads)"]
    test = subject.test.map { ["test": $0.labelledFingerprint] } ?? [:]
    training = subject.training.map { ["training": $0.labelledFingerprint] } ?? [:]
    features = about.features
    count = ["count": "\(about.count)"]
    guidance =
      about.effectiveGuidance.map { guidance in
        var key = ["guidance": guidance.text()]
        if case .model(let guide) = guidance.reference { key["guide"] = guide.fingerprint }
        return key
      } ?? [:]
  }

  /// A cell's images and how long they took.
  func sampling(_ cell: Comparison.Cell) -> KeptResults.Key {
    var variance: KeptResults.Key = [:]
    if case .optimal(let image)? = (cell.sampler as? DDPMSampler)?.variance {
      variance = ["image_variance": image.fingerprint]
    }
    return model + variance + seed + count + guidance + machine + [
      "sampler": cell.label, "steps": "\(cell.steps)", "spacing": cell.spacing.rawValue,
    ]
  }

  /// The key of the results of real images.
  func standard(inFeatures: Bool) -> KeptResults.Key {
    let inNetwork = features == .shallow ? "features" : "\(features.rawValue) features"
    let program = ["program": Tool.version, "compared": inFeatures ? inNetwork : "pixels"]
    return program + count + test + training
  }

  /// The key of the quality of a cell's images.
  func quality(_ cell: Comparison.Cell, inFeatures: Bool) -> KeptResults.Key {
    sampling(cell) + standard(inFeatures: inFeatures)
  }
}

/// The parts of both keys; where a name is in both, the second key's part.
func + (a: KeptResults.Key, b: KeptResults.Key) -> KeptResults.Key {
  a.merging(b) { $1 }
}
