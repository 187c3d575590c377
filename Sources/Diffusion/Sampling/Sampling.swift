// From noise to images: every image walks the plan's steps, a few of them on each core.

internal import Autograd
internal import Kernels
internal import Numerics
internal import Ranks
import Synchronization

/// Images drawn from a model.
public struct Samples: Sendable {
  /// The images, in [-1, 1] where the sampler clipped.
  public let images: Images
  /// How often the network was evaluated for each image (NFE); where it was guided that is twice.
  public let evaluations: Int
  /// The share of estimated pixels that clipping cut off, over all evaluations.
  public let clippedShare: Double
}

extension DiffusionModel {
  /// Draws images: noise, then one step of the sampler after the other (DDPM Algorithm 2).
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - plan: the sampler, and which timesteps it visits.
  ///   - options: seed, threads, start, classes, guidance.
  ///   - observe: called after every step of every few images, which costs copying them; from any
  ///     thread, for any one image in the order of the steps.
  /// - Throws: `SamplingError` where the model cannot draw what is asked for.
  public func sample(
    _ count: Int, _ plan: SamplingPlan, _ options: SamplingOptions = SamplingOptions(),
    observing observe: (@Sendable (SamplingMoment) -> Void)? = nil
  ) throws(SamplingError) -> Samples {
    let path = try path(plan)
    try check(options)
    let values = imageSize.values
    precondition(
      options.start.map { $0.size == imageSize && $0.count >= count } ?? true,
      "\(options.start?.count ?? 0) images to start from for \(count) samples of \(imageSize)")
    // What observes images on their way sees all of them.
    let ranks: any Communicator = observe == nil ? options.ranks : OneRank()
    let own = ranks.share(of: count)
    let batch = batch(own.count, options)
    let lanes = max(1, min(options.threads, (own.count + batch - 1) / batch))
    let memory = memory(
      count: count, batch: batch, lanes: lanes, memory: plan.sampler.memory + 1,
      guidance: options.effectiveGuidance)
    guard memory.fits else { throw .memory(memory, images: count, of: imageSize) }
    let result = FloatMemory(count: count * values)
    if let start = options.start {
      result.all.copy(from: Array(start.values.prefix(count * values)))
    }
    parameters.derive(Workers(count: options.threads))
    if case .model(let guide)? = options.effectiveGuidance?.reference {
      guide.parameters.derive(Workers(count: options.threads))
    }
    let walks = makeLanes(for: own.count, of: batch, threads: options.threads) {
      Walk(
        NetworkSource(
          self, options, batch: batch, opensBottleneck: plan.sampler.shiftsBottleneck), schedule,
        prediction,
        options.clipping ?? clipping, memory: plan.sampler.memory, capacity: batch * values)
    }
    let steps = Array(zip(path, path.dropFirst()).enumerated())
    let rounds = Walk.rounds(along: path)
    let total = Double(((own.count + batch - 1) / batch) * steps.count)
    let finished = Atomic(0)
    let counts = forEachShard(own.count, of: batch, on: walks) { shard, walk in
      let places = own.lowerBound + shard.lowerBound..<own.lowerBound + shard.upperBound
      let x = result.all.slice(places.lowerBound * values, places.count * values)
      let numbers = options.first + places.lowerBound..<options.first + places.upperBound
      var walk = walk.beginning(numbers, at: x)
      if options.start == nil { walk.fillStart() }
      for (index, (t, s)) in steps {
        (walk.steps, walk.round) = (index..<steps.count, rounds[index])
        plan.sampler.step(&walk, from: t, to: s)
        observe?(
          SamplingMoment(
            places: places, index: index, timestep: t, next: s,
            images: Images(size: imageSize, values: x.array),
            estimates: Images(size: imageSize, values: walk.estimate(of: t).values)))
        let done = finished.add(1, ordering: .relaxed).newValue
        options.progress?(Double(done) / total)
      }
      return (
        evaluations: walk.evaluationCount, runs: walk.runCount, clipped: walk.clippedCount
      )
    }
    let sums = ranks.gather(
      [
        counts.first?.evaluations ?? 0, counts.first?.runs ?? 0,
        counts.reduce(0) { $0 + $1.clipped },
      ], counts: Array(repeating: 3, count: ranks.count))
    // A rank without images has evaluated nothing.
    func most(_ place: Int) -> Int {
      stride(from: place, to: sums.count, by: 3).map { sums[$0] }.max() ?? 0
    }
    let (evaluations, runsPerImage) = (most(0), most(1))
    let clipped = stride(from: 2, to: sums.count, by: 3).reduce(0) { $0 + sums[$1] }
    let drawn = ranks.gather(
      result.all.slice(own.lowerBound * values, own.count * values).array, shareOf: count,
      valuesPerItem: values)
    guard allFinite(drawn) else { throw .notFinite }
    return Samples(
      images: Images(size: imageSize, values: drawn), evaluations: runsPerImage,
      clippedShare: Double(clipped) / Double(max(1, count * values * evaluations)))
  }

  /// The timesteps that a plan visits with this model, from the first x to the last.
  ///
  /// - Parameter plan: the plan.
  /// - Throws: `SamplingError` for a plan that cannot be.
  public func path(_ plan: SamplingPlan) throws(SamplingError) -> [Timestep] {
    guard !plan.sampler.readsVariance || learnsVariance else { throw .noLearnedVariance }
    return try plan.path(in: schedule, defaults)
  }

  /// Images that a core works on at a time: with guidance networks run twice per image, and half
  /// the images fill the cache. Few images are shared out so that every thread has some.
  private func batch(_ count: Int, _ options: SamplingOptions) -> Int {
    precondition(options.threads > 0, "\(options.threads) threads")
    let runs = options.effectiveGuidance == nil ? 1 : 2
    let share = (count + options.threads - 1) / options.threads
    let wanted = options.batch ?? min(share, ShardSize.usual / runs)
    return max(1, min(wanted, count, ShardSize.most / runs))
  }
}
