// How images are drawn, whatever the sampler: seed, start, classes, guidance.

import Foundation
public import Ranks

/// How images are drawn.
public struct SamplingOptions: Sendable {
  /// The seed; image i of a seed is the same whatever the number of images and threads.
  public var seed: UInt64 = 0
  /// The number of the first image: with 100 those are drawn that otherwise have the numbers 100 and on, to
  /// the bit.
  public var first = 0
  /// How many cores work.
  public var threads: Int
  /// The processes that share the images; all have the same model and ask for the same images, and get all
  /// of them. Images that are observed on their way are drawn by each rank alone.
  public var ranks: any Communicator = OneRank()
  /// What becomes of estimates of x0 that leave the range of images; nil is the model's own.
  public var clipping: Clipping?
  /// Images that a core works on at a time, at most 64, or 32 where they are guided; nil is as many as suit
  /// its cache. The images are the same for any number.
  public var batch: Int?
  /// x_T of every image, instead of noise from the seed.
  public var start: Images?
  /// Which classes the images of a conditional model are of; nil is `.all`.
  public var classes: ClassChoice?
  /// What the network's predictions are moved away from; nil, and a weight of 0, are the model's own
  /// images. It takes twice the time at the timesteps where they are moved.
  public var guidance: Guidance?
  /// Called now and then, from any thread, with the share of the work that is done.
  public var progress: (@Sendable (Double) -> Void)?

  /// The usual settings: images from seed 0, of all classes in turn, without guidance.
  ///
  /// - Parameter threads: how many cores work, at least 1; by default all.
  public init(threads: Int = AvailableCores.count) {
    self.threads = threads
  }
}

extension DiffusionModel {
  /// The most operations of an evaluation of one image: at 100·10⁹ a second they take a quarter of an hour.
  private static let mostOperations = 100_000_000_000_000

  /// Makes sure that the model can draw what the options ask of classes and guidance, and that an image of its
  /// size can be evaluated at all.
  ///
  /// - Parameter options: what `sample` is to be given.
  /// - Throws: `SamplingError` that says what it cannot.
  public func check(_ options: SamplingOptions) throws(SamplingError) {
    try options.clipping?.check()
    try check(options.classes)
    if let guidance = options.guidance { try check(guidance) }
    let estimate = memory(
      count: 1, batch: 1, lanes: 1, memory: 1, guidance: options.effectiveGuidance)
    guard estimate.fits else { throw .memory(estimate, images: 1, of: imageSize) }
    let operations = operationsPerImage
    guard operations <= DiffusionModel.mostOperations else {
      throw .operations(operations, estimate, of: imageSize)
    }
  }

  /// How often a network runs on an image along a sampler's path (NFE): once for each estimate, and
  /// where it is guided once more.
  ///
  /// - Parameters:
  ///   - plan: the sampler and its timesteps.
  ///   - options: their guidance.
  /// - Returns: runs of a network on each image.
  /// - Throws: `SamplingError` for a plan that cannot be.
  public func evaluations(
    of plan: SamplingPlan, _ options: SamplingOptions = SamplingOptions()
  ) throws(SamplingError) -> Int {
    plan.sampler.evaluated(along: try path(plan)).reduce(0) { sum, t in
      sum + (options.effectiveGuidance?.acts(at: t) ?? false ? 2 : 1)
    }
  }
}

extension SamplingOptions {
  /// The guidance that moves anything.
  var effectiveGuidance: Guidance? { guidance.flatMap { $0.weight == 0 ? nil : $0 } }
}
