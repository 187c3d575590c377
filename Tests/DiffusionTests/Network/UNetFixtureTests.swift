// The network against the reference implementation: forward, loss and every gradient.

import Autograd
import Diffusion
import Foundation
import Kernels
import TestSupport
import Testing

@Suite("U-Net against the reference outputs", .needsFixtures)
struct UNetFixtureTests {
  /// A network of the fixtures, run on their inputs.
  struct Case {
    let tape: Tape
    let graph: UNet.Graph
    let io: Safetensors
    let gradients: Safetensors
    let unet: UNet

    init(_ name: String, purpose: Tape.Purpose) throws {
      let folder = try Fixtures.url("unet/\(name)")
      let json = folder.appending(path: "model/config.json").path
      var fields = try ConfigurationFields(contentsOf: json)
      let configuration = try UNetConfiguration(&fields)
      unet = try UNet(configuration)
      let weights = try Safetensors(
        contentsOf: folder.appending(path: "model/diffusion_pytorch_model.safetensors").path)
      io = try Safetensors(contentsOf: folder.appending(path: "io.safetensors").path)
      gradients = try Safetensors(contentsOf: folder.appending(path: "grads.safetensors").path)
      let parameters = Parameters(unet.layout)
      try parameters.load(weights)
      parameters.derive(Workers(count: 1))

      let shape = try io.tensor("x").shape
      tape = Tape(parameters, for: purpose, capacity: shape[0])
      graph = unet.record(
        on: tape, .init(height: shape[2], width: shape[3]), differentiable: true)
      tape[graph.x].copy(from: nhwc(try io.floats("x"), shape))
      let timesteps = try io.integers("t")
      for (i, t) in timesteps.enumerated() {
        let waves = unet.embedding(Double(t))
        tape[graph.waves].slice(i * waves.count, waves.count).copy(from: waves)
      }
      if let classes = graph.classes {
        tape[classes].copy(from: try io.integers("labels").map(Float.init))
      }
    }

    var shape: [Int] { get throws { try io.tensor("out").shape } }
  }

  @Test(arguments: ["attn14", "class10", "options"])
  func forwardMatchesDiffusers(name: String) throws {
    for purpose in [Tape.Purpose.inference, .training] {
      let run = try Case(name, purpose: purpose)
      run.tape.forward()
      let expected = nhwc(try run.io.doubles("out"), try run.shape)
      let actual = run.tape[run.graph.output].prefix(expected.count)
      let error = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(error <= 2e-5, "\(name): \(error)")
    }
  }

  @Test(arguments: ["attn14", "class10", "options"])
  func everyGradientMatchesDiffusers(name: String) throws {
    let run = try Case(name, purpose: .training)
    let shape = try run.shape
    let target = FloatMemory(count: shape.reduce(1, *))
    target.all.copy(from: nhwc(try run.io.floats("target"), shape))
    let count = target.all.count
    let sum = run.tape.train(run.graph.output, towards: target.all, scale: 1 / Float(count))
    let loss = try run.io.doubles("loss")[0]
    #expect(abs(sum / Double(count) - loss) <= 1e-5 * loss)

    for parameter in run.unet.layout.parameters {
      let expected = try run.gradients.floats(parameter.name)
      let actual = parameter.fileValues(in: run.tape.parameterGradients)
      let error = zip(actual, expected).map { abs($0 - $1) }.max() ?? .infinity
      // Softmax does not change with a shift of the keys: that gradient is zero but for rounding.
      let isZero = parameter.name.hasSuffix("to_k.bias")
      let scale = expected.map { abs($0) }.max() ?? 0
      #expect(
        error <= (isZero ? 1e-6 : 1e-4 * scale), "\(name) \(parameter.name): \(error) of \(scale)")
    }
    let inputShape = try run.io.tensor("grad_x").shape
    let expected = nhwc(try run.io.doubles("grad_x"), inputShape)
    let actual = run.tape.gradient(run.graph.x).prefix(expected.count)
    let error = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
    #expect(error <= 1e-4 * (expected.map { abs($0) }.max() ?? 0), "\(name) x: \(error)")
  }
}
