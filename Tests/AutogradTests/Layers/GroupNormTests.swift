// Gradients of group normalisation against differences.

import Autograd
import Kernels
import TestSupport
import Testing

private let image = Shape(height: 3, width: 5, channels: 6)

@Test(arguments: [1, 2, 3, 6], [Activation.identity, .silu])
func groupNormGradientIsTheDifference(groups: Int, activation: Activation) {
  checkGradient(
    Network(image) { layout in
      let norm = GroupNorm("norm", channels: 6, groups: groups, epsilon: 1e-5, in: &layout)
      return { x, tape in norm(x[0], activation: activation, on: tape) }
    })
}

/// Groups of two channels over tensors with three and five channels: the second group spans both.
@Test(arguments: [Activation.identity, .silu])
func groupNormGradientOfTensorsSideBySideIsTheDifference(activation: Activation) {
  checkGradient(
    Network(
      Shape(height: 3, width: 5, channels: 3), Shape(height: 3, width: 5, channels: 5)
    ) { layout in
      let norm = GroupNorm("norm", channels: 8, groups: 4, epsilon: 1e-5, in: &layout)
      return { x, tape in norm(ChannelConcatenation(x[0], x[1]), activation: activation, on: tape) }
    })
}

@Test(arguments: [Activation.identity, .silu])
func groupNormGradientOfTheModulationIsTheDifference(activation: Activation) {
  checkGradient(
    Network(image, Shape(channels: 12)) { layout in
      let norm = GroupNorm("norm", channels: 6, groups: 2, epsilon: 1e-5, in: &layout)
      return { x, tape in norm(x[0], modulation: x[1], activation: activation, on: tape) }
    })
}

@Test func aNormalisationOfAnInputWithoutAGradientTrainsAllTheSame() {
  let values = uniform(2 * image.count, seed: 9)
  checkGradient(
    Network([.given(image, values), .varied(Shape(channels: 12))]) { layout in
      let norm = GroupNorm("norm", channels: 6, groups: 2, epsilon: 1e-5, in: &layout)
      return { x, tape in norm(x[0], modulation: x[1], activation: .silu, on: tape) }
    })
}
