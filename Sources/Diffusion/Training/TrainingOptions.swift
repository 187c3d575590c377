// How a network is trained: the optimizer's numbers and the seed.

public import Ranks

/// The settings of a training.
public struct TrainingOptions: Sendable {
  /// Images per step.
  public var batch = 32
  /// What updates the weights that are matrices.
  public var optimizer = Optimizer.muon
  /// The step size at its peak.
  public var learningRate = Optimizer.muon.usualLearningRate
  /// Steps in which the learning rate rises from 0; nil is a twentieth of the training, at most 500.
  public var warmup: Int?
  /// The decay of the weights' average, 0 for none; nil remembers a twentieth of the training.
  public var averageDecay: Double?
  /// The norm that larger gradients are scaled down to.
  public var clip = 1.0
  /// The share of images for which a conditional network is conditioned on the null class, so that it
  /// can be guided (Ho and Salimans 2022, Algorithm 1).
  public var classDropout = 0.1
  /// Whether each image is mirrored left to right with a chance of one half.
  public var mirrorsImages = false
  /// Whether a loss that is not finite is computed again, to name the first tensor that was not.
  public var detectsAnomalies = false
  /// How timesteps are drawn.
  public var timestepSampling = TimestepSampling.stratified
  /// The seed of the first weights, the order of images, the timesteps and the noise.
  public var seed: UInt64 = 0
  /// How many cores work.
  public var threads: Int
  /// The processes that share each batch; all have the same settings and data, and take each step
  /// together. The weights are the same bytes for any number.
  public var ranks: any Communicator = OneRank()

  /// The usual settings.
  ///
  /// - Parameter threads: how many cores work, at least 1; by default all.
  public init(threads: Int = AvailableCores.count) {
    self.threads = threads
  }

  /// What warm-up and average take of a training: a twentieth.
  private static let part = 20
  /// A longer warm-up gains nothing.
  private static let longestWarmup = 500
  /// The steps that an average remembers.
  private static let remembered = 2...10_000

  /// The warm-up of a training of so many steps.
  package func warmupSteps(of steps: Int) -> Int {
    warmup ?? min(TrainingOptions.longestWarmup, steps / TrainingOptions.part)
  }

  /// The average's decay in the long run of a training of so many steps.
  ///
  /// An average over n steps has the decay 1 - 1/n. A horizon much longer than the training would keep a
  /// share of the initial weights.
  package func decay(of steps: Int) -> Double {
    let (few, many) = (TrainingOptions.remembered.lowerBound, TrainingOptions.remembered.upperBound)
    return averageDecay ?? 1 - 1 / Double(min(max(steps / TrainingOptions.part, few), many))
  }
}
