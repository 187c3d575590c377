// Three steps of training against PyTorch: loss, gradient norm, clipping, AdamW and the average.

import Autograd
import Diffusion
import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Steps of training against PyTorch", .needsFixtures)
struct OptimizerFixtureTests {
  /// The numbers of the reference training.
  private struct Reference: Decodable {
    struct Average: Decodable { let decay: Double }
    let lr, weightDecay, clip: Double
    let eps: Float
    let betas: [Float]
    let ema: Average
    let steps: Int
    let loss, gradNormBeforeClip, emaDecay: [Double]
  }
  private struct Manifest: Decodable { let optim: Reference }

  @Test func threeStepsMatch() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let reference = try decoder.decode(
      Manifest.self, from: Data(contentsOf: Fixtures.url("manifest.json"))
    ).optim
    let stored = try SafetensorsReader(Fixtures.url("optim/steps.safetensors"))
    let after = try SafetensorsReader(
      Fixtures.url("optim/model_after/diffusion_pytorch_model.safetensors"))
    var fields = try ConfigurationFields(
      contentsOf: Fixtures.url("optim/model_after/config.json").path)
    let unet = try UNet(UNetConfiguration(&fields))
    let (parameters, average) = (Parameters(unet.layout), Parameters(unet.layout))
    for parameter in unet.layout.parameters {
      let start = try stored["start." + parameter.name].values.map { Float($0) }
      parameter.setFileValues(start, in: parameters.values)
    }
    average.values.copy(from: parameters.values)

    var optimizer = AdamW()
    optimizer.decays = (reference.betas[0], reference.betas[1])
    optimizer.epsilon = reference.eps
    optimizer.weightDecay = Float(reference.weightDecay)
    optimizer.clip = reference.clip
    let moments = AdamW.Moments(unet.layout)
    let workers = Workers(count: 2)
    let batch = try Batch(unet, parameters)
    for step in 0..<reference.steps {
      let loss = try batch.run("step\(step)", of: stored, workers)
      let norm = AdamW.norm(batch.tape.parameterGradients, workers)
      let decay = EMA(maximumDecay: reference.ema.decay).decay(step + 1)
      #expect(abs(loss / reference.loss[step] - 1) <= 1e-5)
      #expect(abs(norm / reference.gradNormBeforeClip[step] - 1) <= 1e-5)
      #expect(abs(decay - reference.emaDecay[step]) <= 1e-12)
      optimizer.step(
        step + 1, parameters, gradients: batch.tape.parameterGradients, norm: norm,
        moments: moments, ema: average, emaDecay: decay, learningRate: reference.lr,
        workers: workers)
      batch.tape.parameterGradients.fill(0)
    }

    // Adam makes a whole step out of the sign of a gradient: where that is rounding, single precision
    // may step the other way. Softmax does not depend on the keys' bias at all.
    let farthest = 2 * Double(reference.steps) * reference.lr
    for (run, file, prefix) in [
      (parameters.values, after, ""), (average.values, stored, "ema."),
    ] {
      var errors: [Double] = []
      for parameter in unet.layout.parameters where !parameter.name.hasSuffix("to_k.bias") {
        let values = try file[prefix + parameter.name].values
        errors += zip(parameter.fileValues(in: run), values).map { abs(Double($0) - $1) }
      }
      #expect(errors.allSatisfy { $0 <= farthest })
      #expect(errors.count { $0 <= 2e-6 } >= errors.count * 999 / 1000)
    }
  }

  /// A tape for the stored batches of two images.
  private struct Batch {
    let tape: Tape
    private let unet: UNet
    private let graph: UNet.Graph
    private let schedule: NoiseSchedule

    init(_ unet: UNet, _ parameters: Parameters) throws {
      self.unet = unet
      tape = Tape(parameters, for: .training, capacity: 2)
      graph = unet.record(on: tape, .init(height: 28, width: 28))
      schedule = try NoiseSchedule(
        .linear, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: .diffusers)
    }

    /// The loss on a stored batch; its gradients are on the tape.
    func run(_ name: String, of stored: SafetensorsReader, _ workers: Workers) throws -> Double {
      let x0 = try stored[name + ".x0"].values.map { Float($0) }
      let noise = try stored[name + ".noise"].values.map { Float($0) }
      let timesteps = try stored[name + ".t"].values.map { Timestep(index: Int($0)) }
      let (image, epsilon) = (FloatMemory(x0), FloatMemory(noise))
      let values = x0.count / timesteps.count
      tape.parameters.derive(workers)
      tape.images = timesteps.count
      for (i, t) in timesteps.enumerated() {
        schedule.noised(at: t).apply(
          x0: image.all.slice(i * values, values), noise: epsilon.all.slice(i * values, values),
          into: tape[graph.x].slice(i * values, values))
        let waves = unet.embedding(Double(t.index))
        tape[graph.waves].slice(i * waves.count, waves.count).copy(from: waves)
      }
      let sum = tape.train(graph.output, towards: epsilon.all, scale: 1 / Float(x0.count))
      return sum / Double(x0.count)
    }
  }
}
