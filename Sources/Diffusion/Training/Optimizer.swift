// How gradients become steps.

/// What updates the weights of convolutions and dense layers; everything else is Adam's.
public enum Optimizer: String, CaseIterable, Sendable {
  /// Adam (Kingma and Ba 2015).
  case adam
  /// Muon (Jordan et al. 2024): momentum whose matrices are made orthogonal. In a training of minutes it gets
  /// as far as Adam in about twice the steps.
  case muon

  /// The step size that short trainings did best with.
  public var usualLearningRate: Double {
    switch self {
    case .adam: 2e-3
    case .muon: 4e-3
    }
  }

  /// Its name.
  package var title: String {
    switch self {
    case .adam: "Adam"
    case .muon: "Muon and Adam"
    }
  }
}
