// The tables as diffusers rounds them, bit for bit: models trained there expect these numbers.

import Foundation

/// How a schedule's tables are computed.
package enum Tabulation: Sendable {
  /// In double precision.
  case exact
  /// With diffusers' roundings to single precision, for a schedule read from a scheduler's
  /// configuration: near the end of the cosine schedule the two differ visibly.
  case diffusers
}

extension BetaSchedule {
  /// beta of the timesteps 1...T, rounded on the way exactly where diffusers rounds.
  func diffusersBetas(timesteps count: Int, ends: (first: Double, last: Double)) -> [Float] {
    let (from, to) = ends
    switch self {
    case .linear:
      return evenly(from: Float(from), to: Float(to), count)
    case .quadratic:
      return evenly(from: Float(from.squareRoot()), to: Float(to.squareRoot()), count)
        .map { $0 * $0 }
    case .sigmoid:
      let reach = Float(BetaSchedule.sigmoidReach)
      return evenly(from: -reach, to: reach, count)
        .map { 1 / (1 + exp(-$0)) * Float(to - from) + Float(from) }
    case .cosine:
      return betas(timesteps: count, ends: ends).map(Float.init)
    }
  }

  /// `torch.linspace` in single precision: two halves that meet in the middle, every value one
  /// fused multiply-add. Without the fusion the values are one unit in the last place off.
  private func evenly(from: Float, to: Float, _ count: Int) -> [Float] {
    let step = (to - from) / Float(count - 1)
    return (0..<count).map { index in
      index < count / 2
        ? from.addingProduct(step, Float(index))
        : to.addingProduct(-step, Float(count - 1 - index))
    }
  }
}
