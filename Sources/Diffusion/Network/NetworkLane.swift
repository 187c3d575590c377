// A network with memory of its own: what one thread runs, on a few images at a time.

internal import Autograd
internal import Kernels

/// A network recorded on a tape of its own; one thread uses it at a time.
struct NetworkLane<Graph: Sendable>: Sendable {
  let tape: Tape
  /// The network's input and output tensors.
  let graph: Graph
  /// Memory for the parts of an output that has variances too; nil where it has none.
  private let parts: (prediction: FloatMemory, variance: FloatMemory)?

  /// Records a network.
  ///
  /// - Parameters:
  ///   - parameters: the network's.
  ///   - purpose: inference, or training with a backward pass.
  ///   - capacity: how many images there is memory for.
  ///   - separated: how many floats of an image's output are its prediction, where as many others are
  ///     variances.
  ///   - record: records the network and seals the tape.
  init(
    _ parameters: Parameters, for purpose: Tape.Purpose, capacity: Int, separated: Int? = nil,
    record: (Tape) -> Graph
  ) {
    tape = Tape(parameters, for: purpose, capacity: capacity)
    graph = record(tape)
    parts = separated.map {
      (FloatMemory(count: capacity * $0), FloatMemory(count: capacity * $0))
    }
  }
}

extension NetworkLane<UNet.Graph> {
  /// - Parameter seed: of the dropout masks.
  init(
    _ unet: UNet, _ parameters: Parameters, for purpose: Tape.Purpose, size: ImageSize,
    capacity: Int, seed: UInt64 = 0
  ) {
    precondition(
      purpose == .inference || !unet.configuration.learnsVariance,
      "a network of \(unet.configuration.outChannels) channels out is not trained here")
    self.init(
      parameters, for: purpose, capacity: capacity,
      separated: unet.configuration.learnsVariance ? size.values : nil
    ) { tape in
      unet.record(on: tape, .init(size), seed: seed)
    }
  }

  /// x_t, [N, H, W, C]: filled by the caller.
  var xt: Floats { tape[graph.x] }
  /// What the network predicts, [N, H, W, C].
  var output: Floats { parts?.prediction.all ?? tape[graph.output] }
  /// What the network outputs for the variance of each value, [N, H, W, C], where it learned that.
  var variance: Floats? { parts?.variance.all }

  /// Runs the network.
  func forward() {
    tape.forward()
    guard let parts else { return }
    let (output, shape) = (tape[graph.output], graph.output.shape)
    let (rows, channels) = (tape.images * shape.height * shape.width, shape.channels / 2)
    for (first, part) in [(0, parts.prediction), (channels, parts.variance)] {
      copyRows(
        output.slice(first, output.count - first), rowLength: shape.channels, into: part.all,
        rowLength: channels, .overwrite, rows: rows, channels: channels)
    }
  }

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
