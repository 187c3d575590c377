// What measurements depend on: where any of it differs, they are made again.

import Diffusion

/// The keys of an evaluation's results.
struct EvaluationKeys {
  private let model: KeptResults.Key
  private let seed: KeptResults.Key
  private let machine: KeptResults.Key
  private let test: KeptResults.Key
  private let training: KeptResults.Key
  private let count: KeptResults.Key
  private let guidance: KeptResults.Key

  init(_ subject: EvaluationSubject, _ about: EvaluationReport.About) {
    model = ["program": Tool.version, "model": subject.model.fingerprint]
    seed = ["seed": "\(about.seed)"]
    machine = ["kernels": Platform.instructionSet, "threads": "\(about.threads)"]
    test = subject.test.map { ["test": $0.labelledFingerprint] } ?? [:]
    training = subject.training.map { ["training": $0.labelledFingerprint] } ?? [:]
    count = ["count": "\(about.count)"]
    guidance = about.effectiveGuidance.map { ["guidance": "\($0)"] } ?? [:]
  }

  /// A cell's images and how long they took.
  func sampling(_ cell: Comparison.Cell) -> KeptResults.Key {
    model + seed + count + guidance + machine + [
      "sampler": cell.label, "steps": "\(cell.steps)", "spacing": cell.spacing.rawValue,
    ]
  }

  /// What real images get.
  func standard(inFeatures: Bool) -> KeptResults.Key {
    let program = ["program": Tool.version, "compared": inFeatures ? "features" : "pixels"]
    return program + count + test + training
  }

  /// What a cell's images are like.
  func quality(_ cell: Comparison.Cell, inFeatures: Bool) -> KeptResults.Key {
    sampling(cell) + standard(inFeatures: inFeatures)
  }

  /// The images of several cells.
  func consistency(
    _ cells: [Comparison.Cell], inFeatures: Bool
  ) -> KeptResults.Key {
    let steps = cells.map { "\($0.steps)" }.joined(separator: ",")
    return model + seed + count + guidance + ["steps": steps]
      + (inFeatures ? standard(inFeatures: true) : [:])
  }

  /// Images there and back.
  func reconstruction(images: Int, steps: Int, _ spacing: StepSpacing) -> KeptResults.Key {
    model + test + [
      "images": "\(images)", "steps": "\(steps)", "spacing": spacing.rawValue,
    ]
  }

  var bits: KeptResults.Key { model + seed + count + test }
  var loss: KeptResults.Key { model + count + test }
}

/// Both keys' parts; of one name, the second one's.
private func + (a: KeptResults.Key, b: KeptResults.Key) -> KeptResults.Key {
  a.merging(b) { $1 }
}
