// A group normalisation with its parameters.

package import Kernels

/// Normalises groups of channels over an image, then applies γ, β and an activation.
package struct GroupNorm: Sendable {
  private let name: String
  private let gamma: Parameter
  private let beta: Parameter
  private let channels: Int
  private let groups: Int
  private let epsilon: Float

  package init(
    _ name: String, channels: Int, groups: Int, epsilon: Double, in layout: inout ParameterLayout
  ) {
    precondition(channels % groups == 0, "\(name): \(channels) channels in \(groups) groups")
    self.name = name
    (self.channels, self.groups, self.epsilon) = (channels, groups, Float(epsilon))
    gamma = layout.add("\(name).weight", .vector(channels), .constant(1))
    beta = layout.add("\(name).bias", .vector(channels), .constant(0))
  }

  /// act(γ·x̂ + β), modulated or not.
  ///
  /// - Parameters:
  ///   - x: [N, H, W, channels].
  ///   - modulation: [N, 1, 1, 2·channels]: scales, then shifts.
  package func callAsFunction(
    _ x: Tensor, modulation: Tensor? = nil, activation: Activation, on tape: Tape
  ) -> Tensor {
    self(ChannelConcatenation(x), modulation: modulation, activation: activation, on: tape)
  }

  /// The same of concatenated tensors.
  package func callAsFunction(
    _ x: ChannelConcatenation, modulation: Tensor? = nil, activation: Activation, on tape: Tape
  ) -> Tensor {
    precondition(
      x.shape.channels == channels, "\(name): \(x.shape) given to \(channels) channels")
    modulation?.require(Shape(channels: 2 * channels), "\(name): modulation")
    let geometry = NormalizationShape(
      pixels: x.shape.pixels, channels: channels, groups: groups, epsilon: epsilon)
    return tape.record(
      GroupNormOperation(
        geometry: geometry, gamma: gamma, beta: beta, activation: activation, x: x,
        modulation: modulation, y: tape.tensor(x.shape),
        statistics: tape.tensor(
          Shape(channels: geometry.statisticsCount), differentiable: false)))
  }
}
