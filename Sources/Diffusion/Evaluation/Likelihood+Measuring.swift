// The likelihood's terms from a model, an image at a time on every core.

internal import Autograd
internal import Kernels
internal import Numerics
import Synchronization

extension DiffusionModel {
  /// Estimates the likelihood of images under several variances, from the same runs of the network.
  ///
  /// x̂0 is what the samplers use: clipped as they clip it. The images are drawn at random, always
  /// the same ones, because test sets are often sorted: MNIST's first half is the easier one.
  ///
  /// - Parameters:
  ///   - data: images of the model's size.
  ///   - labels: the class of each image, which a conditional model is conditioned on: the bits are
  ///     those of the image given its class.
  ///   - variances: by default DDPM's two, and the network's own where it learned it.
  ///   - count: how many of them to measure, each once; at most all.
  ///   - seed: timesteps and noise of an image follow from it and the image's place in the data.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Returns: one estimate per variance.
  public func likelihoods(
    of data: ByteImages, labels: [UInt8]? = nil, _ variances: [ReverseVariance]? = nil, count: Int,
    seed: UInt64, threads: Int,
    progress: (@Sendable (Double) -> Void)? = nil
  ) -> [Likelihood] {
    precondition(data.size == imageSize, "images of \(data.size) for a model of \(imageSize)")
    let labels = configuration.labels(labels, images: data.count)
    let count = min(count, data.count)
    precondition(count > 0, "a likelihood of no images")
    let variances = variances ?? [.small, .large] + (learnsVariance ? [.learned] : [])
    precondition(
      learnsVariance || !variances.contains(.learned), "the network did not learn the variance")
    let bounds = variances.map { VariationalBound(schedule: schedule, variance: $0) }
    let octaves = Likelihood.octaves(upTo: schedule.last)
    parameters.derive(Workers(count: threads))
    let probes = makeLanes(for: count, of: 1, threads: threads) {
      LikelihoodProbe(self, data, labels, octaves, bounds, seed: seed)
    }
    let places = data.drawnPlaces(count)
    let finished = Atomic(0)
    let bits = forEachShard(count, of: 1, on: probes) { images, probe in
      let bits = probe.measure(image: places[images.lowerBound])
      let done = finished.add(1, ordering: .relaxed).newValue
      progress?(Double(done) / Double(count))
      return bits
    }
    let images = Images(data.drawn(count))
    return bounds.enumerated().map { place, bound in
      Likelihood(
        bits.map { $0[place] }, octaves: octaves, bound: bound,
        decoderFloor: schedule.beginsWithNoise
          ? nil : bound.decoder(images, estimates: images))
    }
  }

  /// How many times the network runs for each image of `likelihoods`.
  package var evaluationsPerLikelihood: Int { Likelihood.octaves(upTo: schedule.last).count + 1 }
}

extension VariationalBound {
  /// L_0, with the network's own variance where the bound has that.
  fileprivate func decoder(_ images: Floats, estimates: Floats, _ outputs: Floats?) -> Double {
    if variance == .learned, let outputs {
      return learnedTerm(at: Timestep(1), images, estimates: estimates, outputs)
    }
    return decoder(images, estimates: estimates)
  }
}

/// One thread's network, measuring its errors on an image.
private struct LikelihoodProbe: Sendable {
  private let model: DiffusionModel
  private let labels: [UInt8]?
  private let octaves: [ClosedRange<Timestep>]
  private let bounds: [VariationalBound]
  private let examples: ExampleLane
  private let timesteps: Philox
  private let zero: FloatMemory
  /// Room for an estimate that is not clipped.
  private let free: FloatMemory

  init(
    _ model: DiffusionModel, _ data: ByteImages, _ labels: [UInt8]?,
    _ octaves: [ClosedRange<Timestep>], _ bounds: [VariationalBound], seed: UInt64
  ) {
    (self.model, self.labels) = (model, labels)
    (self.octaves, self.bounds) = (octaves, bounds)
    examples = ExampleLane(
      model.unet, model.parameters, for: .inference, schedule: model.schedule, data: data,
      seed: seed, stream: .evaluation)
    timesteps = Philox(seed: seed, stream: RandomStream.timestep.rawValue)
    zero = FloatMemory(count: data.size.values)
    free = FloatMemory(count: data.size.values)
  }

  /// Measures an image at timestep 1 and at one timestep of every octave, under each variance.
  func measure(image: Int) -> [ImageBits] {
    let drawn = octaves.enumerated().map { place, octave in
      let word = timesteps.block(item: UInt32(image), time: 0, index: UInt32(place))[0]
      let step = word.multipliedFullWidth(by: UInt32(octave.count)).high
      return octave.lowerBound.advanced(by: Int(step))
    }
    let values = zero.all.count
    var meanSquare = 0.0
    // By timestep, then by variance.
    var terms: [[Double]] = []
    var unclipped: [Double?] = bounds.map { _ in nil }
    estimate([Timestep(1)] + drawn, image: image) { found in
      let (t, x0) = (found.timestep, found.x0)
      let squaredError = sumOfSquaredDifferences(x0, found.estimate) / Double(values)
      if t == Timestep(1) {
        meanSquare = sumOfSquaredDifferences(x0, zero.all) / Double(values)
        if let free = found.unclipped {
          unclipped = bounds.map { $0.decoder(x0, estimates: free, found.variance) }
        }
      }
      terms.append(
        bounds.map { bound in
          if t == Timestep(1) {
            return bound.schedule.beginsWithNoise
              ? bound.decoder(x0, given: found.xt)
              : bound.decoder(x0, estimates: found.estimate, found.variance)
          }
          if bound.variance == .learned, let variance = found.variance {
            return bound.learnedTerm(at: t, x0, estimates: found.estimate, variance)
          }
          return bound.term(at: t, squaredError: squaredError)
        })
    }
    return bounds.indices.map { place in
      ImageBits(
        meanSquare: meanSquare, decoder: terms[0][place], unclippedDecoder: unclipped[place],
        terms: terms.dropFirst().map { $0[place] })
    }
  }

  /// What the network says of an image at a timestep.
  private struct Estimated {
    let timestep: Timestep
    let x0: Floats
    let xt: Floats
    /// x̂0, clipped as the model clips.
    let estimate: Floats
    /// x̂0 as it is, at the timestep of a decoder that asks for it, where the model clips.
    let unclipped: Floats?
    /// The network's output for the variances, where it learned them.
    let variance: Floats?
  }

  /// Estimates x0 from x_t for some timesteps, as many at a time as the network takes.
  private func estimate(
    _ timesteps: [Timestep], image: Int, _ body: (Estimated) -> Void
  ) {
    let draws = timesteps.map { timestep in
      Draw(
        image: image, classRow: labels.map { Int($0[image]) }, timestep: timestep,
        noise: (UInt32(image), UInt32(timestep.value)))
    }
    for start in stride(from: 0, to: draws.count, by: ShardSize.usual) {
      let part = draws[start...].prefix(ShardSize.usual)
      examples.prepare(part)
      examples.lane.forward()
      for (place, draw) in part.enumerated() {
        let (t, xt, output) = (draw.timestep, examples.xt(place), examples.output(place))
        func estimate(_ clipping: Clipping, into target: Floats) {
          model.prediction.estimateImage(
            at: t, in: model.schedule, xt: xt, output: output, into: target, images: 1, clipping)
        }
        let isShown =
          t == Timestep(1) && model.clipping != .none && !model.schedule.beginsWithNoise
        if isShown { estimate(.none, into: free.all) }
        estimate(model.clipping, into: output)
        body(
          Estimated(
            timestep: t, x0: examples.x0(place), xt: xt, estimate: output,
            unclipped: isShown ? free.all : nil, variance: examples.variance(place)))
      }
    }
  }
}
