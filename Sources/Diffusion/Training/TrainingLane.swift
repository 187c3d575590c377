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
  /// Memory for gradients that are not read: those of a network for inference.
  private let unread: FloatMemory?
  private let values: Int

  /// - Parameters:
  ///   - purpose: inference measures the loss only.
  ///   - seed: of the noise and of the dropout masks.
  ///   - stream: of the noise.
  ///   - lesson: what takes the place of the images and their noise.
  init(
    _ unet: UNet, _ parameters: Parameters, for purpose: Tape.Purpose, _ objective: any Objective,
    schedule: NoiseSchedule, prediction: Prediction, data: any ImageSource, seed: UInt64,
    stream: RandomStream, lesson: (any Lesson)? = nil
  ) {
    examples = ExampleLane(
      unet, parameters, for: purpose, schedule: schedule, data: data, seed: seed, stream: stream)
    (self.objective, self.lesson) = (objective, lesson)
    (self.prediction, self.schedule) = (prediction, schedule)
    values = data.size.values
    target = FloatMemory(count: ShardSize.usual * values)
    unread = purpose == .training ? nil : FloatMemory(count: ShardSize.usual * values)
  }

  private var tape: Tape { examples.lane.tape }

  private func prepare(_ draws: ArraySlice<Draw>) {
    examples.prepare(draws)
    lesson?.teach(draws, examples)
  }

  /// The sum of the losses of some examples.
  func loss(_ draws: ArraySlice<Draw>) -> Double {
    prepare(draws)
    examples.lane.forward()
    return evaluate(draws, 0..<draws.count, gradient: unread?.all ?? target.all, scale: 0)
  }

  /// The same, and the gradient of `scale` times the sum, added to `gradients`.
  ///
  /// - Parameters:
  ///   - step: the training step, for dropout.
  ///   - scale: what the sum is multiplied by in the loss.
  ///   - gradients: of all parameters, in the layout's order.
  func train(
    _ draws: ArraySlice<Draw>, step: Int, scale: Float, addedTo gradients: FloatMemory
  ) -> Double {
    tape.addGradients(to: gradients)
    tape.place = (UInt32(step), UInt32(draws.startIndex))
    prepare(draws)
    let slope = tape.gradient(examples.lane.graph.output)
    var sum = 0.0
    tape.train { images in
      sum += evaluate(draws, images, gradient: slope, scale: scale)
    }
    return sum
  }

  /// The sum of the losses of some of the drawn images, and the gradient with respect to the network's
  /// output.
  private func evaluate(
    _ draws: ArraySlice<Draw>, _ images: Range<Int>, gradient: Floats, scale: Float
  ) -> Double {
    var sum = 0.0
    for place in images {
      var example = Example(
        draws[draws.startIndex + place].timestep, x0: examples.x0(place),
        noise: examples.noise(place), xt: examples.xt(place), output: examples.output(place),
        target: target.all.slice(place * values, values),
        gradient: gradient.slice(place * values, values), scale: scale, prediction: prediction,
        schedule: schedule, loss: sum)
      objective.evaluate(&example)
      sum = example.loss
    }
    return sum
  }
}
