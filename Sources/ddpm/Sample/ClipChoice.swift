// What becomes of estimated images out of range, as the command line says it.

import Diffusion

/// The words of `--clip`.
package enum ClipChoice: String, CaseIterable, Sendable {
  /// Cut off at the ends of the range.
  case range
  /// Dynamic thresholding.
  case dynamic
  /// Left as they are.
  case off = "none"

  /// What the word means for a model: its own range or threshold where it has one.
  func clipping(of model: DiffusionModel) -> Clipping {
    switch (self, model.clipping) {
    case (.off, _): .none
    case (.range, .toRange), (.dynamic, .dynamic): model.clipping
    case (.range, _): .toRange(1)
    case (.dynamic, _): .dynamic(quantile: Clipping.usualQuantile, most: nil)
    }
  }
}

extension Clipping {
  /// How pictures and reports name it.
  var text: String {
    switch self {
    case .none: "none"
    case .toRange(let bound): "range \(bound.brief)"
    case .dynamic(let quantile, let most):
      "dynamic, quantile \(quantile.brief)" + (most.map { " up to \($0.brief)" } ?? "")
    }
  }
}
