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
  /// - Parameters:
  ///   - seed: of the dropout masks.
  ///   - opensBottleneck: whether the bottleneck's activations can be read and shifted.
  ///   - isDifferentiable: whether the gradient with respect to the images is wanted.
  init(
    _ unet: UNet, _ parameters: Parameters, for purpose: Tape.Purpose, size: ImageSize,
    capacity: Int, seed: UInt64 = 0, opensBottleneck: Bool = false,
    isDifferentiable: Bool = false
  ) {
    self.init(
      parameters, for: purpose, capacity: capacity,
      separated: unet.configuration.learnsVariance ? size.values : nil
    ) { tape in
      unet.record(
        on: tape, .init(size), seed: seed, differentiable: isDifferentiable,
        opensBottleneck: opensBottleneck)
    }
  }

  /// x_t, [N, H, W, C]: filled by the caller.
  var xt: Floats { tape[graph.x] }
  /// All that the network outputs, [N, H, W, C], with variances [N, H, W, 2C].
  var rawOutput: Floats { tape[graph.output] }
  /// What the network predicts, [N, H, W, C].
  var output: Floats { parts?.prediction.all ?? tape[graph.output] }
  /// What the network outputs for the variance of each value, [N, H, W, C], where it learned that.
  var variance: Floats? { parts?.variance.all }

  /// What the bottleneck holds for each image, [N, h, w, C], where it was opened.
  var bottleneck: Floats? { graph.bottleneck.map { tape[$0.value] } }
  /// What is added to it.
  var bottleneckShift: Floats? { graph.bottleneck.map { tape[$0.shift] } }

  /// Runs the network.
  func forward() {
    tape.forward()
    separate(rawOutput, 0..<tape.images)
  }

  /// Puts what the network predicts for some images, and what it outputs for their variances, where
  /// `output` and `variance` have them; nothing where it learned no variance.
  ///
  /// - Parameters:
  ///   - output: of all images.
  ///   - images: which ones.
  func separate(_ output: Floats, _ images: Range<Int>) {
    guard let parts else { return }
    for (half, part) in [parts.prediction, parts.variance].enumerated() {
      let (rows, values, row) = rows(of: images, half, in: output)
      copyRows(
        values, rowLength: row,
        into: part.all.slice(rows.lowerBound * row / 2, rows.count * row / 2),
        rowLength: row / 2, .overwrite, rows: rows.count, channels: row / 2)
    }
  }

  /// The inverse of `separate`, for gradients.
  ///
  /// - Parameters:
  ///   - prediction: with respect to what the network predicts, [N, H, W, C].
  ///   - variance: with respect to what it outputs for the variances.
  ///   - images: which ones.
  ///   - output: with respect to all of its output, to be set.
  func join(
    _ prediction: Floats, _ variance: Floats, _ images: Range<Int>, into output: Floats
  ) {
    for (half, part) in [prediction, variance].enumerated() {
      let (rows, values, row) = rows(of: images, half, in: output)
      copyRows(
        part.slice(rows.lowerBound * row / 2, rows.count * row / 2), rowLength: row / 2,
        into: values, rowLength: row, .overwrite, rows: rows.count, channels: row / 2)
    }
  }

  /// The pixels of some images, the floats of an output from one of its halves on, and a pixel's floats.
  private func rows(
    of images: Range<Int>, _ half: Int, in output: Floats
  ) -> (rows: Range<Int>, values: Floats, row: Int) {
    let shape = graph.output.shape
    let pixels = shape.height * shape.width
    let rows = images.lowerBound * pixels..<images.upperBound * pixels
    let first = rows.lowerBound * shape.channels + half * shape.channels / 2
    return (rows, output.slice(first, output.count - first), shape.channels)
  }

  /// Sets how many images the next run is for, and the timesteps and classes that the network is
  /// conditioned on.
  ///
  /// - Parameters:
  ///   - timesteps: one per image.
  ///   - classes: one per image, of a conditional network.
  func condition(on timesteps: [Timestep], classes: [Int]) {
    condition(onIndices: timesteps.map { Double($0.index) }, classes: classes)
  }

  /// The same of timesteps counted from 0, and of what lies between them.
  func condition(onIndices indices: [Double], classes: [Int]) {
    tape.images = indices.count
    for (image, index) in indices.enumerated() {
      let waves = graph.embedding(index)
      tape[graph.waves].slice(image * waves.count, waves.count).copy(from: waves)
    }
    if let numbers = graph.classes {
      precondition(
        classes.count == indices.count, "\(classes.count) classes for \(indices.count) images")
      for (image, number) in classes.enumerated() { tape[numbers][image] = Float(number) }
    }
  }
}
