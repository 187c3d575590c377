// From noise to images: every image walks the plan's steps, a few of them on each core.

internal import Autograd
internal import Kernels
import Synchronization

/// How images are drawn.
public struct SamplingOptions: Sendable {
  /// The seed; image i of a seed is the same whatever the number of images and threads.
  public var seed: UInt64 = 0
  /// How many cores work.
  public var threads: Int
  /// Images that a core works on at a time; nil is as many as its cache likes. The images are the
  /// same for any number.
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
  /// that Stable Diffusion's users know is 1 + w.
  public var guidance: Double?
  /// Called now and then, from any thread, with the share of the work that is done.
  public var progress: (@Sendable (Double) -> Void)?

  /// The usual settings: images from seed 0, of all classes in turn, without guidance.
  ///
  /// - Parameter threads: how many cores work, at least 1.
  public init(threads: Int) {
    self.threads = threads
  }
}

/// Images drawn from a model.
public struct Samples: Sendable {
  /// The images, in [-1, 1] where the sampler clipped.
  public let images: Images
  /// The share of estimated pixels that clipping cut off, over all steps.
  public let clippedShare: Double
}

extension DiffusionModel {
  /// Draws images by walking a plan (DDPM Algorithm 2; DDIM Eq. 12).
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - plan: the sampler's steps, from T to data.
  ///   - options: seed, threads, start, classes; such that `check` takes them.
  ///   - observe: called after every step of every few images, which costs copying them; from any
  ///     thread, for any one image in the order of the steps.
  public func sample(
    _ count: Int, plan: SamplingPlan, _ options: SamplingOptions,
    observing observe: (@Sendable (SamplingMoment) -> Void)? = nil
  ) -> Samples {
    let values = imageSize.values
    precondition(
      options.start.map { $0.size == imageSize && $0.count >= count } ?? true,
      "\(options.start?.count ?? 0) images to start from for \(count) samples of \(imageSize)")
    let result = FloatMemory(count: count * values)
    if let start = options.start {
      result.all.copy(from: Array(start.values.prefix(count * values)))
    }

    precondition(options.threads > 0, "\(options.threads) threads")
    do { try check(options) } catch { preconditionFailure(error.description) }
    // Guidance asks the network twice an image: half the images are as much for the cache. Few
    // images are shared out so that every thread has some.
    let runs = evaluationsPerStep(options)
    let share = (count + options.threads - 1) / options.threads
    let batch = max(
      1,
      min(
        options.batch ?? min(share, Denoiser.usualCapacity / runs), count,
        Denoiser.mostCapacity / runs))
    let shards = (count + batch - 1) / batch
    parameters.derive(Workers(count: options.threads))
    let finished = Atomic(0)
    let clipped = Atomic(0)
    let walks = (0..<min(options.threads, shards)).map { _ in
      Walk(self, options, batch: batch, capacity: runs * batch)
    }
    Workers(count: max(1, walks.count)).each(shards) { shard, worker in
      let walk = walks[worker]
      let first = shard * batch
      let images = first..<min(count, first + batch)
      let target = result.all.slice(first * values, images.count * values)
      if options.start == nil { walk.fillStart(target, images) }
      for (index, step) in plan.steps.enumerated() {
        clipped.add(walk.take(step, target, images), ordering: .relaxed)
        observe?(
          SamplingMoment(
            places: images, index: index, step: step,
            images: Images(size: imageSize, values: target.array),
            estimates: Images(size: imageSize, values: walk.estimates(images))))
        let done = finished.add(1, ordering: .relaxed).newValue
        options.progress?(Double(done) / Double(shards * plan.steps.count))
      }
    }
    let estimates = count * values * plan.steps.count
    return Samples(
      images: Images(size: imageSize, values: result.array),
      clippedShare: Double(clipped.load(ordering: .relaxed)) / Double(max(1, estimates)))
  }
}

/// One thread's walk from noise to a few images.
private struct Walk: Sendable {
  private let model: DiffusionModel
  private let choice: ClassChoice?
  private let guidance: Guidance?
  private let denoiser: Denoiser
  private let random: Philox
  private let noise: FloatMemory
  private let values: Int

  init(_ model: DiffusionModel, _ options: SamplingOptions, batch: Int, capacity: Int) {
    (self.model, choice, guidance) = (model, options.classes, model.guidance(options))
    denoiser = Denoiser(model.unet, model.parameters, size: model.imageSize, capacity: capacity)
    random = Philox(seed: options.seed, stream: RandomStream.sampling.rawValue)
    values = model.imageSize.values
    noise = FloatMemory(count: batch * values)
  }

  /// x_T of the images: no step draws noise for timestep 0, so that is its place in the stream.
  func fillStart(_ target: Floats, _ images: Range<Int>) {
    fill(target, images, at: .zero)
  }

  /// Takes one step of the plan in place and returns how many values were clipped.
  func take(_ step: ReverseStep, _ x: Floats, _ images: Range<Int>) -> Int {
    let output = denoiser.predict(
      x, images: images.count, at: step.timestep, classes: model.classes(images, choice),
      guidance: guidance)
    let noise = noise.all.slice(0, x.count)
    if step.sigma > 0 { fill(noise, images, at: step.timestep) }
    return step.apply(x: x, output: output, noise: noise)
  }

  /// x̂0 of the images, from the step just taken.
  func estimates(_ images: Range<Int>) -> [Float] {
    denoiser.output.prefix(images.count * values)
  }

  private func fill(_ target: Floats, _ images: Range<Int>, at timestep: Timestep) {
    for (place, image) in images.enumerated() {
      random.fillNormal(
        target.slice(place * values, values), item: UInt32(image), time: UInt32(timestep.value))
    }
  }
}
