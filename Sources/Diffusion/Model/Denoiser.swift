// One thread's copy of the network's memory, for inference.

internal import Autograd
internal import Kernels

/// Runs a network on a few images at a time, within a core's cache; one thread uses it at a time.
final class Denoiser: Sendable {
  private let unet: UNet
  private let tape: Tape
  private let graph: UNet.Graph
  /// The noisy images, [N, H, W, C]: filled by the caller.
  let x: Floats
  /// The prediction, [N, H, W, C]: read by the caller.
  let output: Floats

  /// How many images a thread works on: enough that reading the weights is shared by several, few
  /// enough that their activations stay near the core.
  static let usualCapacity = 8
  /// More would take memory and give nothing.
  static let mostCapacity = 64

  init(_ unet: UNet, _ parameters: Parameters, size: ImageSize, capacity: Int) {
    self.unet = unet
    tape = Tape(parameters, for: .inference, capacity: capacity)
    graph = unet.record(on: tape, .init(size))
    x = tape[graph.x]
    output = tape[graph.output]
  }

  /// Predicts for the first images of `x`.
  ///
  /// - Parameters:
  ///   - timesteps: one an image.
  ///   - classes: one an image, of a conditional network.
  func run(_ timesteps: [Timestep], classes: [Int] = []) {
    unet.tell(tape, graph, timesteps: timesteps, classes: classes)
    tape.forward()
  }

  /// Predicts for noisy images that are all at one timestep.
  ///
  /// With guidance the network is asked twice an image, in one run, and the answers become
  /// (1 + w)·output(class) - w·output(no class). Whatever the network outputs is, for a given x_t,
  /// the noise times one number plus another, and the weights add up to 1: guiding the output is
  /// guiding the noise.
  ///
  /// - Parameters:
  ///   - noisy: x_t; with guidance at most half as many images as the capacity.
  ///   - classes: one an image, of a conditional network.
  /// - Returns: as many values as `noisy` has, valid until the next run.
  func predict(
    _ noisy: Floats, images: Int, at timestep: Timestep, classes: [Int], guidance: Guidance?
  ) -> Floats {
    let result = output.slice(0, noisy.count)
    x.copy(from: noisy)
    guard let guidance else {
      run(Array(repeating: timestep, count: images), classes: classes)
      return result
    }
    x.slice(noisy.count, noisy.count).copy(from: noisy)
    run(
      Array(repeating: timestep, count: 2 * images),
      classes: classes + Array(repeating: guidance.nullClass, count: images))
    combine(
      1 + guidance.weight, result, -guidance.weight, output.slice(noisy.count, noisy.count),
      into: result)
    return result
  }
}

extension UNet {
  /// Sets how many images a tape's next run is for, and their timesteps and classes.
  func tell(_ tape: Tape, _ graph: Graph, timesteps: [Timestep], classes: [Int]) {
    tape.images = timesteps.count
    for (image, timestep) in timesteps.enumerated() {
      let waves = embedding(timestep.index)
      tape[graph.waves].slice(image * waves.count, waves.count).copy(from: waves)
    }
    if let numbers = graph.classes {
      precondition(
        classes.count == timesteps.count, "\(classes.count) classes for \(timesteps.count) images")
      for (image, number) in classes.enumerated() { tape[numbers][image] = Float(number) }
    }
  }
}
