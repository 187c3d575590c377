// One thread's part of a training step: a few images forward and backward, within its core's cache.

internal import Autograd
internal import Kernels
internal import Numerics

/// One image's part in L_simple: which image, at which time, with which noise.
struct Example {
  /// The image's number in the data.
  let image: Int
  /// What the network is told of its class: a row of the embedding; nil for an unconditional one.
  var row: Int?
  let timestep: Timestep
  /// The noise's place in its stream.
  let item: UInt32
  let time: UInt32
}

/// A thread's network with memory for a shard of a batch; one thread uses it at a time.
final class Shard: Sendable {
  /// Images of a shard: fixed, so that sums do not depend on the number of threads.
  static let capacity = 8

  private let unet: UNet
  private let tape: Tape
  private let graph: UNet.Graph
  private let memory: (images: FloatMemory, noise: FloatMemory, slopes: FloatMemory)
  private let process: (schedule: NoiseSchedule, prediction: Prediction)
  private let noise: Philox
  private let values: Int

  init(
    _ unet: UNet, _ parameters: Parameters, for purpose: Tape.Purpose, size: ImageSize,
    schedule: NoiseSchedule, prediction: Prediction, seed: UInt64, noise: RandomStream
  ) {
    self.unet = unet
    tape = Tape(parameters, for: purpose, capacity: Shard.capacity)
    graph = unet.record(on: tape, .init(size), seed: seed)
    values = size.values
    let count = Shard.capacity * values
    memory = (FloatMemory(count: count), FloatMemory(count: count), FloatMemory(count: count))
    process = (schedule, prediction)
    self.noise = Philox(seed: seed, stream: noise.rawValue)
  }

  /// Σ (output - target)² of some examples (Ho et al. 2020, Eq. 14, before the mean).
  func loss(_ examples: ArraySlice<Example>, of data: ByteImages) -> Double {
    prepare(examples, of: data)
    tape.forward()
    let count = examples.count * values
    return squaredError(
      tape[graph.output], target: target, gradient: memory.slopes.all, slope: 0, count: count)
  }

  /// The same, and its gradient times `scale`, added to `gradients`.
  ///
  /// - Parameters:
  ///   - step: the training step, for dropout.
  ///   - scale: what the squared errors' sum is multiplied with in the loss.
  ///   - gradients: of all parameters, in the layout's order.
  func train(
    _ examples: ArraySlice<Example>, of data: ByteImages, step: Int, scale: Float,
    addedTo gradients: FloatMemory
  ) -> Double {
    tape.addGradients(to: gradients)
    tape.place = (UInt32(step), UInt32(examples.startIndex))
    prepare(examples, of: data)
    return tape.train(graph.output, towards: target, scale: scale)
  }

  /// What the network should say.
  private var target: Floats { memory.images.all }

  /// Tells the network the examples' noisy images and timesteps, and makes its target.
  private func prepare(_ examples: ArraySlice<Example>, of data: ByteImages) {
    let timesteps = examples.map(\.timestep)
    for (place, example) in examples.enumerated() {
      let image = memory.images.all.slice(place * values, values)
      let epsilon = memory.noise.all.slice(place * values, values)
      Pixels.decode(data.pixels, from: example.image * values, into: image)
      noise.fillNormal(epsilon, item: example.item, time: example.time)
      process.schedule.noised(at: example.timestep).apply(
        x0: image, noise: epsilon, into: tape[graph.x].slice(place * values, values))
      process.prediction.target(at: example.timestep, in: process.schedule).apply(
        x0: image, noise: epsilon, into: image)
    }
    unet.tell(tape, graph, timesteps: timesteps, classes: examples.compactMap(\.row))
  }
}
