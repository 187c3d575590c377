// The shapes a noise schedule can have: beta as a function of the timestep.

import Foundation

/// How beta grows from the first timestep to the last.
public enum BetaSchedule: String, CaseIterable, Sendable {
  /// Evenly from one end to the other (Ho et al. 2020, Section 4).
  case linear
  /// alphaBar falls as a squared cosine (Nichol and Dhariwal 2021, Eq. 17).
  case cosine
  /// Evenly in the square root of beta.
  case quadratic
  /// Along a sigmoid of -6...6, from one end to the other.
  case sigmoid

  /// The first and the last beta that Ho et al. chose for T = 1000, scaled by 1000/T: else a short
  /// process would end with the image still visible and sampling would start from the wrong noise.
  ///
  /// - Parameter count: T.
  package static func usualEnds(timesteps count: Int) -> (first: Double, last: Double) {
    let scale = 1000 / Double(count)
    return (1e-4 * scale, 0.02 * scale)
  }

  /// beta of the timesteps 1...T.
  ///
  /// - Parameter ends: the first and the last beta, which the cosine does not have.
  func betas(timesteps count: Int, ends: (first: Double, last: Double)) -> [Double] {
    let (from, to) = ends
    switch self {
    case .linear:
      return evenly(from: from, to: to, count)
    case .quadratic:
      return evenly(from: from.squareRoot(), to: to.squareRoot(), count).map { $0 * $0 }
    case .sigmoid:
      let reach = BetaSchedule.sigmoidReach
      return evenly(from: -reach, to: reach, count).map { from + (to - from) / (1 + exp(-$0)) }
    case .cosine:
      let offset = BetaSchedule.cosineOffset
      let signal = { (fraction: Double) -> Double in
        let cosine = cos((fraction + offset) / (1 + offset) * .pi / 2)
        return cosine * cosine
      }
      return (0..<count).map { index in
        let (next, here) = (Double(index + 1) / Double(count), Double(index) / Double(count))
        return min(1 - signal(next) / signal(here), BetaSchedule.largestCosineBeta)
      }
    }
  }

  private func evenly(from: Double, to: Double, _ count: Int) -> [Double] {
    (0..<count).map { from + (to - from) * Double($0) / Double(count - 1) }
  }

  /// The sigmoid's argument runs from minus this to this.
  static let sigmoidReach = 6.0
  /// s of Nichol and Dhariwal's Eq. 17, which keeps the first betas from vanishing.
  private static let cosineOffset = 0.008
  /// Where the cosine's beta is cut off: at the last timestep it would be 1.
  private static let largestCosineBeta = 0.999
}
