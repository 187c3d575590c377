// Training: DDPM Algorithm 1, a batch a step, on all cores.

internal import Autograd
internal import Kernels

/// A network in training.
public final class Trainer {
  /// What a step did.
  public struct Step: Sendable {
    /// The step's number, counted from 1.
    public let number: Int
    /// L_simple: the mean of (output - target)² over the batch's values (DDPM Eq. 14).
    public let loss: Double
    /// The gradient's norm before clipping.
    public let gradientNorm: Double
    /// The learning rate.
    public let learningRate: Double
  }

  /// The settings.
  package private(set) var options: TrainingOptions
  /// Steps done.
  public internal(set) var completed = 0
  /// The model as it is now: the average of the weights. It changes with every step, so it is not
  /// for another thread to sample from while a step runs.
  public let model: DiffusionModel

  /// How many images there are to learn from.
  package var imageCount: Int { data.count }

  private let data: ByteImages
  private let labels: [UInt8]?
  let parameters: Parameters
  private let optimizer: AdamW
  let moments: AdamW.Moments
  private let sum: GradientAccumulator
  private let shards: [Shard]
  private let workers: Workers
  private let timesteps: Philox
  private var order: BatchOrder

  /// A network with its first weights.
  ///
  /// - Parameters:
  ///   - configuration: the network's shape, for images of the data's size.
  ///   - schedule: the forward process.
  ///   - prediction: what the network is to output.
  ///   - data: the images to learn, at least one.
  ///   - labels: the class of each image, below the number of classes; an unconditional network
  ///     does not look at them.
  ///   - options: how it is trained.
  /// - Throws: `ConfigurationError` where the shape makes no network.
  public init(
    _ configuration: UNetConfiguration, schedule: NoiseSchedule, prediction: Prediction,
    data: ByteImages, labels: [UInt8]? = nil, _ options: TrainingOptions
  ) throws(ConfigurationError) {
    let unet = try UNet(configuration)
    precondition(data.count > 0, "no images to train on")
    precondition(configuration.fits(data.size), "images of \(data.size) for \(configuration)")
    self.options = options
    self.data = data
    self.labels = configuration.labels(labels, images: data.count)
    workers = Workers(count: options.threads)
    parameters = Parameters(unet.layout)
    parameters.initialize(seed: options.seed)
    let average = Parameters(unet.layout, for: .inference)
    average.values.copy(from: parameters.values)
    model = DiffusionModel(
      unet, average, schedule: schedule, prediction: prediction, clipping: .toRange(1),
      imageSize: data.size)

    var optimizer = AdamW()
    optimizer.clip = options.clip
    self.optimizer = optimizer
    moments = AdamW.Moments(unet.layout)
    let count = (options.batch + Shard.capacity - 1) / Shard.capacity
    shards = (0..<min(count, options.threads)).map { [parameters] _ in
      Shard(
        unet, parameters, for: .training, size: data.size, schedule: schedule,
        prediction: prediction, seed: options.seed, noise: .trainingNoise)
    }
    sum = GradientAccumulator(unet.layout, workers: shards.count)
    timesteps = Philox(seed: options.seed, stream: RandomStream.timestep.rawValue)
    order = BatchOrder(images: data.count, seed: options.seed)
  }

  /// Takes one step: a batch's gradient of L_simple (DDPM Algorithm 1 and Eq. 14) and Adam's step.
  ///
  /// - Parameter total: how many steps the training will have: the learning rate and the average
  ///   follow it.
  /// - Throws: `TrainingError.diverged`, before the weights are changed.
  public func step(of total: Int) throws(TrainingError) -> Step {
    let number = completed
    let batch = options.batch
    let rate = LearningRate(
      peak: options.learningRate, warmup: options.warmupSteps(of: total), total: total)(number)
    let loss = accumulateGradients(examples(number)) / Double(batch * data.size.values)
    let norm = AdamW.norm(sum.floats, workers)
    guard loss.isFinite && norm.isFinite else {
      throw .diverged(step: number + 1, learningRate: options.learningRate)
    }
    optimizer.step(
      number + 1, parameters, gradients: sum.floats, norm: norm, moments: moments,
      ema: model.parameters,
      emaDecay: EMA(maximumDecay: options.decay(of: total)).decay(number + 1),
      learningRate: rate, workers: workers)
    completed += 1
    return Step(number: completed, loss: loss, gradientNorm: norm, learningRate: rate)
  }

  /// Takes the warm-up and the average's decay from a training of so many steps, for one whose
  /// length is an estimate that will change.
  package func settle(for steps: Int) {
    options.warmup = options.warmupSteps(of: steps)
    options.averageDecay = options.decay(of: steps)
  }

  /// Does the next step's work and changes nothing, to see how long it takes.
  package func rehearse() {
    _ = accumulateGradients(examples(completed))
    _ = AdamW.norm(sum.floats, workers)
  }

  /// Draws a step's images, timesteps and noise, and the images whose class is not told.
  private func examples(_ step: Int) -> [Example] {
    let spread = BatchTimesteps(last: model.schedule.last, batch: options.batch)
    return order.indices(step: step, batch: options.batch).enumerated().map { item, image in
      let words = timesteps.block(item: UInt32(item), time: UInt32(step), index: 0)
      let chances = (timestep: Double(words[0]) / 0x1p32, row: Double(words[1]) / 0x1p32)
      return Example(
        image: image, row: row(image, chances.row),
        timestep: spread.timestep(item, chance: chances.timestep),
        item: UInt32(item), time: UInt32(step))
    }
  }

  /// What the network is told of an image's class, given a number uniform in 0 ..< 1.
  private func row(_ image: Int, _ chance: Double) -> Int? {
    guard let labels else { return nil }
    let isDropped = chance < options.classDropout
    return (isDropped ? model.configuration.nullClass : nil) ?? Int(labels[image])
  }

  /// Sums the gradients of all shards into `sum` and returns Σ (output - target)².
  private func accumulateGradients(_ examples: [Example]) -> Double {
    let scale = 1 / Float(examples.count * data.size.values)
    let (step, shards, data) = (completed, shards, data)
    parameters.derive(workers)
    return sum.accumulate(
      examples.count, by: Shard.capacity, on: Workers(count: shards.count)
    ) { part, worker, gradients in
      shards[worker].train(
        examples[part], of: data, step: step, scale: scale, addedTo: gradients)
    }
  }
}

extension UNetConfiguration {
  /// Whether the network takes and gives images of a size.
  fileprivate func fits(_ size: ImageSize) -> Bool {
    resolution == Resolution(size) && inChannels == size.channels && outChannels == size.channels
  }
}
