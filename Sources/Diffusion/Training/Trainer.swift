// A network in training: what it consists of, and the model that it is so far.

internal import Autograd
internal import Kernels

/// A network in training.
public final class Trainer {
  /// What a step did.
  public struct Step: Sendable {
    /// The step's number, counted from 1.
    public let number: Int
    /// The mean of the objective over the batch's values; with L_simple that of (output - target)²
    /// (DDPM Eq. 14).
    public let loss: Double
    /// The gradient's norm before clipping.
    public let gradientNorm: Double
    /// The learning rate.
    public let learningRate: Double
  }

  /// The settings.
  package internal(set) var options: TrainingOptions
  /// Steps done.
  public internal(set) var completed = 0
  /// How many images there are to learn from.
  public var imageCount: Int { data.count }
  /// The network's shape.
  public var configuration: UNetConfiguration { unet.configuration }
  /// The forward process; of a schedule that is learned, as it is now.
  public var schedule: NoiseSchedule { continuous?.table ?? fixedSchedule }
  /// What the network outputs.
  public let prediction: Prediction

  let data: any ImageSource
  let labels: [UInt8]?
  let objective: any Objective
  let optimization: Optimization
  let lanes: [TrainingLane]
  /// Timesteps, and which classes are left out.
  let random: Philox
  var order: BatchOrder
  /// The losses that timesteps are drawn by, where they are.
  var history: LossHistory?
  /// The process, where it is learned too.
  var continuous: ContinuousProcess?
  /// The loss of each example of the last batch, where a history is kept of them.
  let losses: FloatMemory?
  private let unet: UNet
  private let fixedSchedule: NoiseSchedule

  /// A network with its first weights.
  ///
  /// - Parameters:
  ///   - configuration: the network's shape, for images of the data's size.
  ///   - schedule: the forward process.
  ///   - prediction: what the network is to output.
  ///   - objective: what it is trained for.
  ///   - data: the images to learn, at least one.
  ///   - labels: the class of each image, below the number of classes; an unconditional network does not
  ///     use them.
  ///   - options: how it is trained.
  /// - Throws: `ConfigurationError` where the shape makes no network, or where it is to predict noise and
  ///   the schedule ends in nothing else.
  public convenience init(
    _ configuration: UNetConfiguration, schedule: NoiseSchedule, prediction: Prediction,
    objective: any Objective = SimpleLoss(), data: any ImageSource, labels: [UInt8]? = nil,
    _ options: TrainingOptions = TrainingOptions()
  ) throws(ConfigurationError) {
    let unet = try UNet(configuration)
    if prediction == .noise, schedule.lastWithSignal < schedule.last {
      throw .noisePredictionAtZeroSNR
    }
    self.init(
      unet, from: nil, schedule: schedule, prediction: prediction, objective: objective, data: data,
      labels: labels, options)
  }

  /// A network with its first weights, and a schedule that is learned with it (VDM, Kingma et al. 2021).
  ///
  /// - Parameters:
  ///   - configuration: the network's shape, for images of the data's size.
  ///   - logSNR: the schedule as it begins.
  ///   - prediction: what the network is to output.
  ///   - data: the images to learn, at least one.
  ///   - labels: the class of each image, below the number of classes.
  ///   - options: how it is trained.
  /// - Throws: `ConfigurationError` where the shape makes no network, or where it is to predict the mean.
  public convenience init(
    _ configuration: UNetConfiguration, learning logSNR: LearnedLogSNR, prediction: Prediction,
    data: any ImageSource, labels: [UInt8]? = nil, _ options: TrainingOptions = TrainingOptions()
  ) throws(ConfigurationError) {
    guard prediction != .mean else { throw .meanPredictionInContinuousTime }
    let process = ContinuousProcess(logSNR, EndTerms(of: data))
    self.init(
      try UNet(configuration), from: nil, schedule: process.table, prediction: prediction,
      objective: ContinuousLoss(), data: data, labels: labels, options, learning: process)
  }

  /// A network that begins with the weights of a model, to train it further on the same images or
  /// others.
  ///
  /// - Parameters:
  ///   - model: where it begins; its process and prediction stay.
  ///   - objective: what it is trained for.
  ///   - data: the images to learn, at least one, of the model's size.
  ///   - labels: the class of each image, below the model's number of classes.
  ///   - options: how it is trained.
  public convenience init(
    from model: DiffusionModel, objective: any Objective = SimpleLoss(), data: any ImageSource,
    labels: [UInt8]? = nil, _ options: TrainingOptions = TrainingOptions()
  ) {
    self.init(from: model, objective: objective, data: data, labels: labels, options, lesson: nil)
  }

  /// The same, of lessons in place of the images.
  ///
  /// - Parameter lesson: makes what one thread learns from.
  convenience init(
    from model: DiffusionModel, objective: any Objective, data: any ImageSource, labels: [UInt8]?,
    _ options: TrainingOptions, lesson: (() -> any Lesson)?
  ) {
    self.init(
      model.unet, from: model.parameters, schedule: model.schedule, prediction: model.prediction,
      objective: objective, data: data, labels: labels, options, lesson: lesson)
  }

  private init(
    _ unet: UNet, from start: Parameters?, schedule: NoiseSchedule, prediction: Prediction,
    objective: any Objective, data: any ImageSource, labels: [UInt8]?, _ options: TrainingOptions,
    lesson: (() -> any Lesson)? = nil, learning continuous: ContinuousProcess? = nil
  ) {
    let configuration = unet.configuration
    precondition(data.count > 0, "no images to train on")
    precondition(configuration.fits(data.size), "images of \(data.size) for \(configuration)")
    (self.unet, fixedSchedule, self.prediction) = (unet, schedule, prediction)
    self.continuous = continuous
    (self.options, self.objective, self.data) = (options, objective, data)
    self.labels = configuration.labels(labels, images: data.count)
    var optimizer = AdamW()
    optimizer.clip = options.clip
    let shards = (options.batch + ShardSize.usual - 1) / ShardSize.usual
    let optimization = Optimization(
      unet.layout, optimizer, options.optimizer, seed: options.seed,
      lanes: min(shards, options.threads),
      threads: options.threads, ranks: options.ranks)
    if let start { optimization.begin(with: start) }
    self.optimization = optimization
    lanes = makeLanes(for: options.batch, of: ShardSize.usual, threads: options.threads) {
      TrainingLane(
        unet, optimization.parameters, for: .training, objective, schedule: schedule,
        prediction: prediction, data: data, seed: options.seed, stream: .trainingNoise,
        lesson: lesson?())
    }
    random = Philox(seed: options.seed, stream: RandomStream.timestep.rawValue)
    order = BatchOrder(images: data.count, seed: options.seed)
    let isWeighted = options.timestepSampling == .importance
    history = isWeighted ? LossHistory(timesteps: schedule.last.value) : nil
    losses = isWeighted || continuous != nil ? FloatMemory(count: options.batch) : nil
  }

  /// The model as it is now: a copy of the weights' moving average, which later steps leave alone.
  public func snapshot() -> DiffusionModel {
    let parameters = Parameters(unet.layout, for: .inference)
    parameters.values.copy(from: optimization.ema.values)
    var defaults = SamplingDefaults()
    if configuration.learnsVariance { defaults.variance = .learned }
    defaults.preference = .measured(for: schedule, prediction)
    return DiffusionModel(
      unet, parameters, schedule: schedule, prediction: prediction, clipping: .toRange(1),
      defaults: defaults, imageSize: data.size)
  }
}

extension UNetConfiguration {
  /// Whether the network takes and gives images of a size.
  fileprivate func fits(_ size: ImageSize) -> Bool {
    resolution == Resolution(size) && inChannels == size.channels
      && (outChannels == size.channels || learnsVariance)
  }
}
