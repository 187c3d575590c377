// The first tensor that is not finite is named.

import Autograd
import Kernels
import TestSupport
import Testing

@Suite struct AnomalyTests {
  private let network = Network(Shape(height: 3, width: 4, channels: 4)) { layout in
    let conv = Convolution("first", inputs: 4, outputs: 4, in: &layout)
    let norm = GroupNorm("norm", channels: 4, groups: 2, epsilon: 1e-5, in: &layout)
    let last = Convolution("last", inputs: 4, outputs: 2, in: &layout)
    return { x, tape in
      last(norm(tape.silu(conv(x[0], on: tape)), activation: .silu, on: tape), on: tape)
    }
  }

  @Test func nothingIsNamedWhereAllIsFinite() {
    let run = network.record(for: .training, images: 3)
    #expect(run.tape.firstAnomaly() == nil)
  }

  @Test(arguments: ["first.weight", "norm.bias", "last.bias"], [Float.nan, .infinity])
  func aWeightIsNamed(name: String, value: Float) throws {
    let parameter = try #require(
      network.parameters.layout.parameters.first { $0.name == name })
    network.parameters[parameter][0] = value
    let run = network.record(for: .training, images: 2)
    #expect(run.tape.firstAnomaly() == "the weight \(name)")
  }

  /// In the image where it is, also of a later micro-batch.
  @Test(arguments: [0, 2], [Tape.Purpose.training, .inference])
  func theFirstOperationThatIsNotFiniteIsNamed(image: Int, purpose: Tape.Purpose) {
    let run = network.record(for: purpose, images: 3, microBatchPixels: 12)
    let x = run.tape[run.inputs[0]]
    x[image * run.inputs[0].shape.count] = .infinity
    #expect(run.tape.firstAnomaly() == "the output of Convolution first.weight")
  }

  @Test func aGradientIsNamed() {
    let layout = network.parameters.layout
    let gradients = FloatMemory(count: layout.count)
    withExtendedLifetime(gradients) {
      #expect(layout.firstNotFinite(in: gradients.all) == nil)
      gradients.all[layout.parameters[2].offset] = .nan
      #expect(layout.firstNotFinite(in: gradients.all) == layout.parameters[2].name)
    }
  }
}
