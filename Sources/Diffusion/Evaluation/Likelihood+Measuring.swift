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
    if model.clipping != .none, !model.schedule.beginsWithNoise {
      estimate([Timestep(1)], image: image, .none) { _, x0, _, estimate, variance in
        unclipped = bounds.map { $0.decoder(x0, estimates: estimate, variance) }
      }
    }
    estimate([Timestep(1)] + drawn, image: image, model.clipping) {
      timestep, x0, xt, estimate, variance in
      let squaredError = sumOfSquaredDifferences(x0, estimate) / Double(values)
      if terms.isEmpty { meanSquare = sumOfSquaredDifferences(x0, zero.all) / Double(values) }
      terms.append(
        bounds.map { bound in
          if timestep == Timestep(1), bound.schedule.beginsWithNoise {
            return bound.decoder(x0, given: xt)
          }
          if timestep == Timestep(1) { return bound.decoder(x0, estimates: estimate, variance) }
          if bound.variance == .learned, let variance {
            return bound.learnedTerm(at: timestep, x0, estimates: estimate, variance)
          }
          return bound.term(at: timestep, squaredError: squaredError)
        })
    }
    return bounds.indices.map { place in
      ImageBits(
        meanSquare: meanSquare, decoder: terms[0][place], unclippedDecoder: unclipped[place],
        terms: terms.dropFirst().map { $0[place] })
    }
  }

  /// Estimates x0 from x_t for some timesteps, as many at a time as the network takes.
  private func estimate(
    _ timesteps: [Timestep], image: Int, _ clipping: Clipping,
    _ body: (Timestep, _ x0: Floats, _ xt: Floats, _ estimate: Floats, _ variance: Floats?) -> Void
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
        let estimate = examples.output(place)
        model.prediction.estimateImage(
          at: draw.timestep, in: model.schedule, xt: examples.xt(place), output: estimate,
          into: estimate, images: 1, clipping)
        body(
          draw.timestep, examples.x0(place), examples.xt(place), estimate,
          examples.variance(place))
      }
    }
  }
}
