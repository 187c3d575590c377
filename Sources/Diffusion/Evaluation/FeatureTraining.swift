// Trains the feature network on the labels of a data set.

internal import Autograd
internal import Kernels
internal import Numerics

/// How the classifier is trained; the same for all data, so that its features depend only on them.
struct FeatureTraining {
  /// Enough for 99.4 % on MNIST's test split.
  static let usualSteps = 3000
  private static let batch = 64
  private static let learningRate = 4e-3
  /// The share of the steps in which the learning rate rises.
  private static let warmup = 0.03
  private static let weightDecay: Float = 1e-2
  private static let averageDecay = 0.995

  let layers: FeatureLayers
  let images: ByteImages
  let labels: [UInt8]
  let steps: Int

  /// Trains from the first weights on and returns the average of the last ones; the same bytes for
  /// any number of threads.
  func run(threads: Int, progress: ((Double) -> Void)?) -> Parameters {
    let batch = FeatureTraining.batch
    var optimizer = AdamW()
    optimizer.weightDecay = FeatureTraining.weightDecay
    let lanes = min(threads, (batch + ShardSize.usual - 1) / ShardSize.usual)
    let optimization = Optimization(
      layers.layout, optimizer, seed: layers.architecture.seed, lanes: lanes, threads: threads)
    let networks = makeLanes(for: batch, of: ShardSize.usual, threads: threads) {
      NetworkLane(optimization.parameters, for: .training, capacity: ShardSize.usual) { tape in
        layers.recordTraining(on: tape)
      }
    }
    let rate = LearningRate(
      peak: FeatureTraining.learningRate,
      warmup: Int(FeatureTraining.warmup * Double(steps)), total: steps)
    let decay = EMA(maximumDecay: FeatureTraining.averageDecay)
    var order = BatchOrder(images: images.count, seed: layers.architecture.seed)

    for step in 0..<steps {
      let places = order.indices(step: step, batch: batch)
      let (_, norm) = optimization.accumulate(batch) { part, lane, gradients in
        train(
          places[part], on: networks[lane], scale: 1 / Float(batch), addedTo: gradients)
      }
      optimization.step(
        step + 1, norm: norm, learningRate: rate(step), emaDecay: decay.decay(step + 1))
      progress?(Double(step + 1) / Double(steps))
    }
    return optimization.ema
  }

  /// The sum of some images' cross-entropies; its gradient times `scale` is added to `gradients`.
  private func train(
    _ places: ArraySlice<Int>, on lane: NetworkLane<FeatureLayers.TrainingGraph>, scale: Float,
    addedTo gradients: FloatMemory
  ) -> Double {
    let (tape, graph) = (lane.tape, lane.graph)
    tape.addGradients(to: gradients)
    let values = images.size.values
    tape.images = places.count
    for (image, place) in places.enumerated() {
      Pixels.decode(
        images.pixels, from: place * values, into: tape[graph.x].slice(image * values, values))
      tape[graph.labels][image] = Float(labels[place])
    }
    tape.train { _ in tape.gradient(graph.loss).fill(scale) }
    return tape[graph.loss].prefix(places.count).reduce(0) { $0 + Double($1) }
  }
}
