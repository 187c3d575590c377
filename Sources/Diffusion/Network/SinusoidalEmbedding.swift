// The timestep's sinusoidal embedding: what the network is conditioned on.

import Foundation

/// e(t) = [cos t·fᵢ, sin t·fᵢ] or [sin, cos], fᵢ = 10000^(-i / (h - shift)), i < h = width / 2
/// (Vaswani et al. 2017, Section 3.5; Ho et al. 2020, appendix B).
package struct SinusoidalEmbedding: Sendable {
  private let frequencies: [Float]
  private let order: UNetConfiguration.EmbeddingOrder
  private let width: Int

  init(_ configuration: UNetConfiguration) {
    width = configuration.channels[0]
    order = configuration.embeddingOrder
    let half = width / 2
    // In Float, as diffusers has it whatever the model's precision.
    let exponent = -Float(log(10_000.0)) / (Float(half) - Float(configuration.frequencyShift))
    frequencies = (0..<half).map { exp(exponent * Float($0)) }
  }

  /// The embedding of a timestep, [width]; an odd width ends with a zero.
  ///
  /// - Parameter index: the timestep counted from 0, as networks are trained with, or a moment between two.
  package func callAsFunction(_ index: Double) -> [Float] {
    let angles = frequencies.map { Float(index) * $0 }
    let (cosines, sines) = (angles.map(cos), angles.map(sin))
    let padding = [Float](repeating: 0, count: width % 2)
    return (order == .cosineFirst ? cosines + sines : sines + cosines) + padding
  }
}
