// What a network is trained for, as the command line says it.

import Diffusion

/// The words of `--loss`.
package enum LossKind: String, CaseIterable, Sendable {
  /// DDPM's L_simple.
  case simple
  /// The variational bound itself.
  case bound
  /// L_simple, and the bound for the variance.
  case hybrid
}

/// An objective by its options.
package struct ObjectiveSettings: Equatable, Sendable {
  package var loss: LossKind
  package var weight: TimestepWeight
  /// Whether the network also outputs the variance of a reverse step; nil is as the loss has it.
  package var learnsVariance: Bool
  package var sampling: TimestepSampling

  /// - Throws: `UsageError` for options of another loss.
  init(_ arguments: Arguments) throws(UsageError) {
    typealias Train = TrainCommand
    loss = try arguments[Train.loss]
    weight = try arguments[Train.weight]
    let wantsVariance = try arguments[Train.learnVariance]
    learnsVariance = wantsVariance || loss == .hybrid
    let sampling = try arguments[Train.timestepSampling]
    self.sampling = sampling ?? (loss == .bound ? .importance : .stratified)
    if wantsVariance, try arguments[Train.schedule] == .learned {
      throw UsageError("--learn-variance does not go with --schedule learned: leave it out")
    }
    if wantsVariance, loss == .simple {
      throw UsageError(
        "--learn-variance: L_simple says nothing of the variance; add --loss hybrid or --loss bound"
      )
    }
    if weight != .none, loss == .bound {
      throw UsageError("--weight weighs L_simple, and the bound has its own weights: leave it out")
    }
  }

  /// The objective.
  var objective: any Objective {
    switch loss {
    case .simple: SimpleLoss(weight: weight)
    case .bound: BoundLoss()
    case .hybrid: HybridLoss(simple: SimpleLoss(weight: weight))
    }
  }

  /// What it is called in a summary.
  var title: String {
    let name =
      switch loss {
      case .simple: "L_simple"
      case .bound: "L_vlb, in bits/dim"
      case .hybrid: "L_hybrid"
      }
    let weighted = weight == .none ? "" : ", weights \(weight.rawValue)"
    return name + weighted
      + (sampling == .importance
        ? ", timesteps by importance once each has had \(TimestepSampling.losses) losses" : "")
  }

  /// Makes sure that a training is long enough for the losses of every timestep to be seen.
  ///
  /// - Parameters:
  ///   - batches: how many there will be.
  ///   - timesteps: T.
  ///   - isAsked: whether importance sampling was asked for by name.
  func check(batches: Int, timesteps: Int, isAsked: Bool) throws(UsageError) {
    guard isAsked, sampling == .importance, batches < timesteps else { return }
    throw UsageError(
      "--timestep-sampling importance begins when each of the \(timesteps) timesteps has had"
        + " \(TimestepSampling.losses) losses: it takes as many batches as timesteps, this training has"
        + " \(batches); take a longer one, or leave the flag out")
  }
}
