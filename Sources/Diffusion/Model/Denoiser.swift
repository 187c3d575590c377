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

  /// How many images a thread works on: few enough that their activations stay near the core.
  static let usualCapacity = 4
  /// More would take memory and give nothing.
  static let mostCapacity = 64

  init(_ unet: UNet, _ parameters: Parameters, size: ImageSize, capacity: Int) {
    self.unet = unet
    tape = Tape(parameters, for: .inference, capacity: capacity)
    graph = unet.record(on: tape, size: .init(height: size.height, width: size.width))
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
