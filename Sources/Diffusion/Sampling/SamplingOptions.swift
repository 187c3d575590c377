// How images are drawn, whatever the sampler: seed, start, classes, guidance.

import Foundation

/// How images are drawn.
public struct SamplingOptions: Sendable {
  /// The seed; image i of a seed is the same whatever the number of images and threads.
  public var seed: UInt64 = 0
  /// How many cores work.
  public var threads: Int
  /// What becomes of estimates of x0 that leave the range of images; nil is the model's own.
  public var clipping: Clipping?
  /// Images that a core works on at a time; nil is as many as suit its cache. The images are the same
  /// for any number.
  public var batch: Int?
  /// x_T of every image, instead of noise from the seed.
  public var start: Images?
  /// Which classes the images of a conditional model are of; nil is `.all`.
  public var classes: ClassChoice?
  /// w ≥ 0 of classifier-free guidance (Ho and Salimans 2022, Eq. 6), for a conditional model with a
  /// null class:
  /// ```
  /// ε = (1 + w) ε(x_t, class) - w ε(x_t, no class)
  /// ```
  /// nil and 0 are the model's own images of the class. It doubles the time. The guidance scale
  /// of Stable Diffusion is 1 + w.
  public var guidance: Double?
  /// Called now and then, from any thread, with the share of the work that is done.
  public var progress: (@Sendable (Double) -> Void)?

  /// The usual settings: images from seed 0, of all classes in turn, without guidance.
  ///
  /// - Parameter threads: how many cores work, at least 1; by default all.
  public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.threads = threads
  }
}

extension DiffusionModel {
  /// Makes sure that the model can draw what the options ask of classes and guidance.
  ///
  /// - Parameter options: what `sample` is to be given.
  /// - Throws: `SamplingError` that says what it cannot.
  public func check(_ options: SamplingOptions) throws(SamplingError) {
    try options.clipping?.check()
    try check(options.classes)
    guard let weight = options.guidance else { return }
    guard classCount != nil else { throw .unconditional }
    guard weight >= 0, weight.isFinite else { throw .guidance(weight) }
    guard configuration.nullClass != nil else { throw .noNullClass }
  }

  /// The guidance that options ask for; nil where the output for the class is all that is needed.
  func guidance(_ options: SamplingOptions) -> Guidance? {
    guard let weight = options.guidance, weight != 0 else { return nil }
    return configuration.nullClass.map { Guidance(weight: weight, nullClass: $0) }
  }

  /// How often the network runs on an image for one estimate: once, and with guidance once more without
  /// the class.
  package func runsPerEvaluation(_ options: SamplingOptions) -> Int {
    guidance(options) == nil ? 1 : 2
  }
}
