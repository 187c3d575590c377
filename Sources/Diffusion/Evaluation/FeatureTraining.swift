// Teaching the feature network the labels of a data set.

internal import Autograd
internal import Kernels
internal import Numerics

/// How the classifier learns; the same for all data, so that its features only depend on them.
struct FeatureTraining {
  /// Enough for 99.4 % on MNIST's test split.
  static let usualSteps = 3000
  private static let batch = 64
  private static let learningRate = 4e-3
  /// The share of the steps in which the learning rate rises.
  private static let warmup = 0.03
  private static let weightDecay: Float = 1e-2
  private static let averageDecay = 0.995
  private static let seed: UInt64 = 0

  let layers: FeatureLayers
  let images: ByteImages
  let labels: [UInt8]
  let steps: Int

  /// Trains from the first weights on and returns the average of the last ones; the same bytes for
  /// any number of threads.
  func run(threads: Int, progress: ((Double) -> Void)?) -> Parameters {
    let workers = Workers(count: threads)
    let parameters = Parameters(layers.layout)
    parameters.initialize(seed: FeatureTraining.seed)
    let average = Parameters(layers.layout, for: .inference)
    let batch = FeatureTraining.batch
    let count = (batch + FeatureShard.capacity - 1) / FeatureShard.capacity
    let shards = (0..<min(threads, count)).map { _ in FeatureShard(self, parameters) }
    let sum = GradientAccumulator(layers.layout, workers: shards.count)
    let moments = AdamW.Moments(layers.layout)
    var optimizer = AdamW()
    optimizer.weightDecay = FeatureTraining.weightDecay
    let rate = LearningRate(
      peak: FeatureTraining.learningRate,
      warmup: Int(FeatureTraining.warmup * Double(steps)), total: steps)
    let decay = EMA(maximumDecay: FeatureTraining.averageDecay)
    var order = BatchOrder(images: images.count, seed: FeatureTraining.seed)

    for step in 0..<steps {
      let places = order.indices(step: step, batch: batch)
      parameters.derive(workers)
      _ = sum.accumulate(batch, by: FeatureShard.capacity, on: Workers(count: shards.count)) {
        part, worker, gradients in
        shards[worker].train(places[part], scale: 1 / Float(batch), addedTo: gradients)
      }
      optimizer.step(
        step + 1, parameters, gradients: sum.floats, norm: AdamW.norm(sum.floats, workers),
        moments: moments, ema: average, emaDecay: decay.decay(step + 1),
        learningRate: rate(step), workers: workers)
      progress?(Double(step + 1) / Double(steps))
    }
    return average
  }
}

/// A thread's network with memory for a few images of a batch.
private final class FeatureShard: Sendable {
  /// Images of a shard: fixed, so that sums do not depend on the number of threads.
  static let capacity = 8

  private let training: FeatureTraining
  private let tape: Tape
  private let lesson: FeatureLayers.Lesson

  init(_ training: FeatureTraining, _ parameters: Parameters) {
    self.training = training
    tape = Tape(parameters, for: .training, capacity: FeatureShard.capacity)
    lesson = training.layers.recordLesson(on: tape)
  }

  /// The sum of the images' cross-entropies; its gradient times `scale` is added to `gradients`.
  func train(_ places: ArraySlice<Int>, scale: Float, addedTo gradients: FloatMemory) -> Double {
    tape.addGradients(to: gradients)
    let values = training.images.size.values
    tape.images = places.count
    for (image, place) in places.enumerated() {
      Pixels.decode(
        training.images.pixels, from: place * values,
        into: tape[lesson.x].slice(image * values, values))
      tape[lesson.labels][image] = Float(training.labels[place])
    }
    tape.train { _ in tape.gradient(lesson.loss).fill(scale) }
    return tape[lesson.loss].prefix(places.count).reduce(0) { $0 + Double($1) }
  }
}
