// One thread's part of a loss: a few examples forward, and in training backward, within its cache.

internal import Autograd
internal import Kernels

/// A thread's network with an objective; one thread uses it at a time.
struct TrainingLane: Sendable {
  private let examples: ExampleLane
  private let objective: any Objective
  /// What takes the place of the images and their noise; nil learns these.
  private let lesson: (any Lesson)?
  private let prediction: Prediction
  private let schedule: NoiseSchedule
  private let target: FloatMemory
  /// Memory for gradients that the tape has no room for: those of a network for inference, and those of
  /// a prediction and its variance before they are put together.
  private let gradients: FloatMemory?
  private let varianceGradients: FloatMemory?
  /// All of the network's output, also while the tape runs for a few of the images.
  private let output: Floats
  private let values: Int

  /// - Parameters:
  ///   - purpose: inference measures the loss only.
  ///   - seed: of the noise and of the dropout masks.
  ///   - stream: of the noise.
  ///   - lesson: what takes the place of the images and their noise.
  ///   - opensBottleneck: whether the bottleneck's activations can be shifted.
  init(
    _ unet: UNet, _ parameters: Parameters, for purpose: Tape.Purpose, _ objective: any Objective,
    schedule: NoiseSchedule, prediction: Prediction, data: any ImageSource, seed: UInt64,
    stream: RandomStream, lesson: (any Lesson)? = nil, opensBottleneck: Bool = false
  ) {
    examples = ExampleLane(
      unet, parameters, for: purpose, schedule: schedule, data: data, seed: seed, stream: stream,
      opensBottleneck: opensBottleneck)
    (self.objective, self.lesson) = (objective, lesson)
    (self.prediction, self.schedule) = (prediction, schedule)
    values = data.size.values
    target = FloatMemory(count: ShardSize.usual * values)
    let learnsVariance = unet.configuration.learnsVariance
    let room = ShardSize.usual * values
    gradients = purpose == .training && !learnsVariance ? nil : FloatMemory(count: room)
    varianceGradients = learnsVariance ? FloatMemory(count: room) : nil
    output = examples.lane.rawOutput
  }

  private var tape: Tape { examples.lane.tape }

  /// What is added to the bottleneck's activations, [N, h, w, C], to be set before a run, and after a
  /// training run the gradient with respect to it.
  var bottleneck: (shift: Floats, gradient: Floats) {
    guard let bottleneck = examples.lane.graph.bottleneck else {
      preconditionFailure("the bottleneck was not opened")
    }
    return (tape[bottleneck.shift], tape.gradient(bottleneck.shift))
  }

  private func prepare(_ draws: ArraySlice<Draw>, in process: NoiseSchedule? = nil) {
    examples.prepare(draws, in: process)
    lesson?.teach(draws, examples)
  }

  /// The sum of the losses of some examples.
  func loss(_ draws: ArraySlice<Draw>) -> Double {
    guard let gradients else { preconditionFailure("a loss alone, of a lane for training") }
    prepare(draws)
    examples.lane.forward()
    return evaluate(draws, 0..<draws.count, in: schedule, gradient: gradients.all, scale: 0)
  }

  /// The same, and the gradient of `scale` times the sum, added to `gradients`.
  ///
  /// - Parameters:
  ///   - process: whose timesteps the draws have; nil is the lane's.
  ///   - step: the training step, for dropout.
  ///   - scale: what the sum is multiplied by in the loss.
  ///   - sum: of the gradients of all parameters, in the layout's order.
  ///   - losses: where the loss of each example of the batch is to be written, without its weight; nil
  ///     for nowhere.
  func train(
    _ draws: ArraySlice<Draw>, in process: NoiseSchedule? = nil, step: Int, scale: Float,
    addedTo sum: FloatMemory, losses: Floats? = nil
  ) -> Double {
    tape.addGradients(to: sum)
    tape.place = (UInt32(step), UInt32(draws.startIndex))
    prepare(draws, in: process)
    let schedule = process ?? schedule
    let slope = tape.gradient(examples.lane.graph.output)
    var loss = 0.0
    tape.train { images in
      guard let gradients, let varianceGradients else {
        loss += evaluate(
          draws, images, in: schedule, gradient: slope, scale: scale, losses: losses)
        return
      }
      examples.lane.separate(output, images)
      loss += evaluate(
        draws, images, in: schedule, gradient: gradients.all, scale: scale, losses: losses)
      examples.lane.join(gradients.all, varianceGradients.all, images, into: slope)
    }
    return loss
  }

  /// The first tensor of the network that is not finite for some examples of a training step.
  func firstAnomaly(
    _ draws: ArraySlice<Draw>, in process: NoiseSchedule?, step: Int
  ) -> String? {
    tape.place = (UInt32(step), UInt32(draws.startIndex))
    prepare(draws, in: process)
    return tape.firstAnomaly()
  }

  /// The sum of the losses of some of the drawn images, and the gradient with respect to the network's
  /// output.
  private func evaluate(
    _ draws: ArraySlice<Draw>, _ images: Range<Int>, in schedule: NoiseSchedule,
    gradient: Floats, scale: Float, losses: Floats? = nil
  ) -> Double {
    var sum = 0.0
    for place in images {
      let draw = draws[draws.startIndex + place]
      let start = place * values
      var example = Example(
        draw.timestep, x0: examples.x0(place),
        noise: examples.noise(place), xt: examples.xt(place), output: examples.output(place),
        target: target.all.slice(start, values), gradient: gradient.slice(start, values),
        variance: variance(place), scale: scale * Float(draw.weight), prediction: prediction,
        schedule: schedule, loss: losses == nil ? sum : 0)
      objective.evaluate(&example)
      if let losses {
        losses[draws.startIndex + place] = Float(example.loss / Double(values))
        sum += draw.weight * example.loss
      } else {
        sum = example.loss
      }
    }
    return sum
  }

  /// The network's output for the variances of an image, and where its gradient goes.
  private func variance(_ place: Int) -> (output: Floats, gradient: Floats)? {
    guard let output = examples.variance(place), let varianceGradients else { return nil }
    return (output, varianceGradients.all.slice(place * values, values))
  }
}
