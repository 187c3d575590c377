// The shapes a noise schedule can have: beta as a function of the timestep.

import Foundation

/// How beta grows from the first timestep to the last.
package enum NoiseScheduleKind: Equatable, Sendable {
  /// Evenly from one end to the other (Ho et al. 2020, Section 4).
  case linear(from: Double, to: Double)
  /// Evenly in the square root of beta; diffusers' `scaled_linear`.
  case quadratic(from: Double, to: Double)
  /// Along a sigmoid of -6...6, from one end to the other.
  case sigmoid(from: Double, to: Double)
  /// alphaBar falls as a squared cosine (Nichol and Dhariwal 2021, Eq. 17);
  /// the offset s keeps the first betas from vanishing.
  case cosine(offset: Double)
  /// One beta a timestep, first to last.
  case betas([Double])

  /// beta of the timesteps 1...T.
  func betas(timesteps count: Int) -> [Double] {
    switch self {
    case .linear(let from, let to):
      return evenly(from: from, to: to, count)
    case .quadratic(let from, let to):
      return evenly(from: from.squareRoot(), to: to.squareRoot(), count).map { $0 * $0 }
    case .sigmoid(let from, let to):
      let reach = NoiseScheduleKind.sigmoidReach
      return evenly(from: -reach, to: reach, count).map { from + (to - from) / (1 + exp(-$0)) }
    case .cosine(let offset):
      let signal = { (fraction: Double) -> Double in
        let cosine = cos((fraction + offset) / (1 + offset) * .pi / 2)
        return cosine * cosine
      }
      return (0..<count).map { index in
        let (next, here) = (Double(index + 1) / Double(count), Double(index) / Double(count))
        return min(1 - signal(next) / signal(here), NoiseScheduleKind.largestCosineBeta)
      }
    case .betas(let betas):
      return betas
    }
  }

  private func evenly(from: Double, to: Double, _ count: Int) -> [Double] {
    (0..<count).map { from + (to - from) * Double($0) / Double(count - 1) }
  }

  /// The sigmoid's argument runs from minus this to this.
  static let sigmoidReach = 6.0
  /// Where the cosine's beta is cut off: at the last timestep it would be 1.
  static let largestCosineBeta = 0.999
}

/// The kinds by name, with the parameters of their papers.
public enum NoiseScheduleFamily: String, CaseIterable, Sendable {
  /// beta evenly from 0.0001 to 0.02 for T = 1000 (Ho et al. 2020, Section 4).
  case linear
  /// alphaBar as a squared cosine with the offset 0.008 (Nichol and Dhariwal 2021, Eq. 17).
  case cosine
  /// √beta evenly between the same ends; diffusers' `scaled_linear`.
  case quadratic
  /// beta along a sigmoid of -6...6 between the same ends.
  case sigmoid

  /// The usual parameters for T timesteps.
  ///
  /// The ends 0.0001 and 0.02 were chosen for T = 1000. They are scaled by 1000/T, else a short
  /// process would end with the image still visible and sampling would start from the wrong noise.
  package func kind(timesteps count: Int) -> NoiseScheduleKind {
    let scale = 1000 / Double(count)
    let (from, to) = (1e-4 * scale, 0.02 * scale)
    switch self {
    case .linear: return .linear(from: from, to: to)
    case .quadratic: return .quadratic(from: from, to: to)
    case .sigmoid: return .sigmoid(from: from, to: to)
    case .cosine: return .cosine(offset: 0.008)
    }
  }
}
