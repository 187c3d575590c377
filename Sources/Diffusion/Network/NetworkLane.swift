// A network with memory of its own: what one thread runs, on a few images at a time.

internal import Autograd
internal import Kernels

/// A network recorded on a tape of its own; one thread uses it at a time.
struct NetworkLane<Graph: Sendable>: Sendable {
  let tape: Tape
  /// The network's input and output tensors.
  let graph: Graph

  /// Records a network.
  ///
  /// - Parameters:
  ///   - parameters: the network's.
  ///   - purpose: inference, or training with a backward pass.
  ///   - capacity: how many images there is memory for.
  ///   - record: records the network and seals the tape.
  init(
    _ parameters: Parameters, for purpose: Tape.Purpose, capacity: Int, record: (Tape) -> Graph
  ) {
    tape = Tape(parameters, for: purpose, capacity: capacity)
    graph = record(tape)
  }
}

extension NetworkLane<UNet.Graph> {
  /// - Parameter seed: of the dropout masks.
  init(
    _ unet: UNet, _ parameters: Parameters, for purpose: Tape.Purpose, size: ImageSize,
    capacity: Int, seed: UInt64 = 0
  ) {
    self.init(parameters, for: purpose, capacity: capacity) { tape in
      unet.record(on: tape, .init(size), seed: seed)
    }
  }

  /// x_t, [N, H, W, C]: filled by the caller.
  var xt: Floats { tape[graph.x] }
  /// The network's output, [N, H, W, C].
  var output: Floats { tape[graph.output] }

  /// Sets how many images the next run is for, and the timesteps and classes that the network is
  /// conditioned on.
  ///
  /// - Parameters:
  ///   - timesteps: one per image.
  ///   - classes: one per image, of a conditional network.
  func condition(on timesteps: [Timestep], classes: [Int]) {
    tape.images = timesteps.count
    for (image, timestep) in timesteps.enumerated() {
      let waves = graph.embedding(timestep.index)
      tape[graph.waves].slice(image * waves.count, waves.count).copy(from: waves)
    }
    if let numbers = graph.classes {
      precondition(
        classes.count == timesteps.count, "\(classes.count) classes for \(timesteps.count) images")
      for (image, number) in classes.enumerated() { tape[numbers][image] = Float(number) }
    }
  }
}
