// One thread's networks for drawing: evaluated for images that are all at one timestep, guided or not.

internal import Autograd
package import Kernels
internal import Numerics

/// What a network outputs for noisy images: floats that are valid until its next run.
package struct NetworkOutput: Sendable {
  /// What it predicts, [n, H, W, C].
  package let prediction: Floats
  /// Its output for the variance of each value, [n, H, W, C], where it learned that.
  package let variance: Floats?
  /// How often a network ran on each image.
  package let runs: Int

  /// - Parameters:
  ///   - prediction: [n, H, W, C].
  ///   - variance: as many floats.
  ///   - runs: of a network on each image.
  package init(_ prediction: Floats, variance: Floats? = nil, runs: Int = 1) {
    (self.prediction, self.variance, self.runs) = (prediction, variance, runs)
  }
}

/// A lane with the class of each image, and what its prediction is moved away from.
struct Denoiser: Sendable {
  /// The prediction that another one is moved away from.
  private enum Reference: Sendable {
    /// The same lane's, of the row of the class embedding that stands for no class.
    case row(Int)
    case model(DiffusionModel, NetworkLane<UNet.Graph>)
  }

  private let lane: NetworkLane<UNet.Graph>
  private let model: DiffusionModel
  private let choice: ClassChoice?
  private let guided: (guidance: Guidance, reference: Reference)?

  /// - Parameters:
  ///   - choice: the images' classes.
  ///   - guidance: of the prediction; checked.
  ///   - batch: how many images it works on at most.
  ///   - opensBottleneck: whether its activations can be shifted.
  init(
    _ model: DiffusionModel, classes choice: ClassChoice?, _ guidance: Guidance?, batch: Int,
    opensBottleneck: Bool
  ) {
    (self.model, self.choice) = (model, choice)
    func lane(_ model: DiffusionModel, _ capacity: Int) -> NetworkLane<UNet.Graph> {
      NetworkLane(
        model.unet, model.parameters, for: .inference, size: model.imageSize, capacity: capacity,
        opensBottleneck: opensBottleneck)
    }
    switch guidance?.reference {
    case nil: (guided, self.lane) = (nil, lane(model, batch))
    case .noClass?:
      guided = guidance.flatMap { guidance in
        model.configuration.nullClass.map { (guidance, .row($0)) }
      }
      self.lane = lane(model, 2 * batch)
    case .model(let guide)?:
      guided = guidance.map { ($0, .model(guide, lane(guide, batch))) }
      self.lane = lane(model, batch)
    }
  }

  /// The network's output for noisy images, guided.
  ///
  /// The outputs become (1 + w)·output - w·reference. For a given x_t, every kind of output is the noise
  /// times one number plus a term that no class and no model changes, and the weights add up to 1:
  /// guiding the output is guiding the noise. Without a class both are evaluated in one run.
  ///
  /// - Parameters:
  ///   - xt: the noisy images.
  ///   - images: their numbers, which decide their classes.
  ///   - timestep: what the network is conditioned on.
  ///   - shift: what is added to the activations of the model's bottleneck; nil for nothing.
  /// - Returns: as many values as `xt` has, valid until the next run.
  func output(
    _ xt: Floats, _ images: Range<Int>, at timestep: Timestep, shift: BottleneckShift? = nil
  ) -> NetworkOutput {
    let classes = model.classes(images, choice)
    lane.xt.copy(from: xt)
    self.shift(images, by: shift)
    guard let (guidance, reference) = guided, guidance.acts(at: timestep) else {
      run(lane, images.count, at: timestep, classes)
      return NetworkOutput(lane.output.slice(0, xt.count), variance: lane.variance)
    }
    let other: Floats
    switch reference {
    case .row(let row):
      lane.xt.slice(xt.count, xt.count).copy(from: xt)
      run(
        lane, 2 * images.count, at: timestep,
        classes + Array(repeating: row, count: images.count))
      other = lane.output.slice(xt.count, xt.count)
    case .model(let guide, let guideLane):
      run(lane, images.count, at: timestep, classes)
      guideLane.xt.copy(from: xt)
      run(guideLane, images.count, at: timestep, classes)
      other = guideLane.output.slice(0, xt.count)
      if guide.prediction != model.prediction {
        guide.prediction.estimate(of: model.prediction, at: timestep, in: guide.schedule)
          .apply(xt: xt, output: other, into: other)
      }
    }
    let output = lane.output.slice(0, xt.count)
    guide(output, awayFrom: other, guidance)
    return NetworkOutput(output, variance: lane.variance, runs: 2)
  }

  /// Sets what is added to the bottleneck's activations of each image, and of its guide without a class.
  private func shift(_ images: Range<Int>, by shift: BottleneckShift?) {
    guard let floats = lane.bottleneckShift else {
      precondition(shift == nil, "a shift of a bottleneck that was not opened")
      return
    }
    guard let shift else { return floats.fill(0) }
    let values = floats.count / lane.tape.capacity
    for (place, image) in images.enumerated() {
      let own = floats.slice(place * values, values)
      shift(image, Block(own))
      guard lane.tape.capacity >= 2 * images.count else { continue }
      floats.slice((images.count + place) * values, values).copy(from: own)
    }
  }

  private func guide(_ output: Floats, awayFrom other: Floats, _ guidance: Guidance) {
    func guide(_ output: Floats, _ other: Floats) {
      combine(1 + guidance.weight, output, -guidance.weight, other, into: output)
    }
    guard guidance.rescale > 0 else { return guide(output, other) }
    let values = model.imageSize.values
    for start in stride(from: 0, to: output.count, by: values) {
      let image = output.slice(start, values)
      let deviation = standardDeviation(image)
      guide(image, other.slice(start, values))
      let moved = standardDeviation(image)
      guard moved > 0 else { continue }
      let scale = guidance.rescale * deviation / moved + 1 - guidance.rescale
      combine(scale, image, 0, image, into: image)
    }
  }

  private func run(
    _ lane: NetworkLane<UNet.Graph>, _ count: Int, at timestep: Timestep, _ classes: [Int]
  ) {
    lane.condition(on: Array(repeating: timestep, count: count), classes: classes)
    lane.forward()
  }
}
