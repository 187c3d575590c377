// What the two ends of a learned schedule cost: the prior at one, the decoder at the other.

import Foundation
internal import Kernels

/// How prior and decoder of VDM's bound change with the ends of γ, in nats per dimension, by what is known
/// of the images.
struct EndTerms: Equatable, Sendable {
  /// The mean of x_0².
  private let meanSquare: Double
  /// The share of values that are black or white, which have a neighbouring level on one side only.
  private let edgeShare: Double

  /// - Parameters:
  ///   - meanSquare: of the values, in [-1, 1].
  ///   - edgeShare: of -1 and 1 among them.
  init(meanSquare: Double, edgeShare: Double) {
    (self.meanSquare, self.edgeShare) = (meanSquare, edgeShare)
  }

  /// Images that say what all others are like.
  private static let sampled = 1000

  /// What is known from the first images of some data.
  init(of data: any ImageSource) {
    let count = min(data.count, EndTerms.sampled)
    var (squares, edges) = (0.0, 0)
    let memory = FloatMemory(count: data.size.values)
    withExtendedLifetime(memory) {
      let block = Block(memory.all)
      for image in 0..<count {
        data.decode(image, into: block)
        for value in block.values.prefix(data.size.values) {
          squares += Double(value * value)
          if abs(value) == 1 { edges += 1 }
        }
      }
    }
    let values = Double(count * data.size.values)
    self.init(meanSquare: squares / values, edgeShare: Double(edges) / values)
  }

  /// The derivative with respect to γ(1) of L_T = KL(q(x_1 | x_0) || N(0, 1)).
  func priorSlope(at last: Double) -> Double {
    let alphaBar = 1 / (1 + exp(last))
    return -alphaBar * ((1 - alphaBar) * (meanSquare - 1) + 1) / 2
  }

  /// L_0 = E[-ln p(x_0 | z_0)], p(x | z_0) ∝ q(z_0 | x) over the 256 levels (Kingma et al. 2021).
  func decoder(at first: Double) -> Double {
    let deviation = exp(first / 2)
    return edgeShare * cost(deviation, isEdge: true)
      + (1 - edgeShare) * cost(deviation, isEdge: false)
  }

  /// Its derivative with respect to γ(0).
  func decoderSlope(at first: Double) -> Double {
    let h = EndTerms.difference
    return (decoder(at: first + h) - decoder(at: first - h)) / (2 * h)
  }

  private static let difference = 1e-3
  /// The integral over the noise: its ends, in deviations, and its nodes.
  private static let (reach, nodes) = (7.0, 140)
  /// Levels further away than this many deviations take no part.
  private static let farthest = 14.0

  /// E[ln Σ_k exp(-((d k)² / 2s² - d k ε / s))], over the levels k away from the value's own.
  private func cost(_ deviation: Double, isEdge: Bool) -> Double {
    let ratio = ByteImages.level / deviation
    let most = min(255, Int((EndTerms.farthest / ratio).rounded(.up)))
    let width = 2 * EndTerms.reach / Double(EndTerms.nodes)
    var (sum, weights) = (0.0, 0.0)
    for node in 0..<EndTerms.nodes {
      let noise = -EndTerms.reach + (Double(node) + 0.5) * width
      let weight = exp(-noise * noise / 2)
      var levels = 1.0
      for k in stride(from: 1, through: most, by: 1) {
        let distance = ratio * Double(k)
        levels += exp(-distance * distance / 2 + distance * noise)
        if !isEdge { levels += exp(-distance * distance / 2 - distance * noise) }
      }
      sum += weight * log(levels)
      weights += weight
    }
    return sum / weights
  }
}
