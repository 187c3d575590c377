// Asking the network for the likelihood's terms, an image at a time on every core.

internal import Autograd
internal import Kernels
internal import Numerics
import Synchronization

extension DiffusionModel {
  /// Estimates the likelihood of images under each of DDPM's two variances, from the same runs of
  /// the network.
  ///
  /// x̂0 is what the samplers use: clipped as they clip it. The images are drawn at random, always
  /// the same ones, because test sets are often sorted: MNIST's first half is the easier one.
  ///
  /// - Parameters:
  ///   - data: images of the model's size.
  ///   - labels: the class of each image, which a conditional model is told: the bits are those of
  ///     the image given its class.
  ///   - count: how many of them to ask, each once; at most all.
  ///   - seed: timesteps and noise of an image follow from it and the image's place in the data.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Returns: one estimate a variance, the small one first.
  public func likelihoods(
    of data: ByteImages, labels: [UInt8]? = nil, count: Int, seed: UInt64, threads: Int,
    progress: (@Sendable (Double) -> Void)? = nil
  ) -> [Likelihood] {
    precondition(data.size == imageSize, "images of \(data.size) for a model of \(imageSize)")
    let labels = configuration.labels(labels, images: data.count)
    let count = min(count, data.count)
    precondition(count > 0, "a likelihood of no images")
    let octaves = Likelihood.octaves(upTo: schedule.last)
    parameters.derive(Workers(count: threads))
    let probes = (0..<min(threads, count)).map { _ in
      Probe(self, data, labels, octaves, seed: seed)
    }
    let places = data.drawnPlaces(count)
    let errors = places.map { _ in SharedValue<ImageErrors?>(nil) }
    let finished = Atomic(0)
    Workers(count: probes.count).each(count) { place, worker in
      errors[place].value = probes[worker].ask(image: places[place])
      let done = finished.add(1, ordering: .relaxed).newValue
      progress?(Double(done) / Double(count))
    }
    return PosteriorVariance.allCases.map { variance in
      Likelihood(
        errors.compactMap(\.value), octaves: octaves,
        bound: VariationalBound(schedule: schedule, variance: variance))
    }
  }

  /// How many times the network runs for each image of `likelihoods`.
  package var evaluationsPerLikelihood: Int { Likelihood.octaves(upTo: schedule.last).count + 1 }
}

/// One thread's network, asked what it makes of a noisy image.
private struct Probe: Sendable {
  private let model: DiffusionModel
  private let data: ByteImages
  private let labels: [UInt8]?
  private let octaves: [ClosedRange<Timestep>]
  private let denoiser: Denoiser
  private let random: (timesteps: Philox, noise: Philox)
  private let values: Int
  private let memory: (image: FloatMemory, noise: FloatMemory, x: FloatMemory, zero: FloatMemory)

  init(
    _ model: DiffusionModel, _ data: ByteImages, _ labels: [UInt8]?,
    _ octaves: [ClosedRange<Timestep>], seed: UInt64
  ) {
    (self.model, self.data, self.labels, self.octaves) = (model, data, labels, octaves)
    let capacity = Denoiser.usualCapacity
    denoiser = Denoiser(model.unet, model.parameters, size: data.size, capacity: capacity)
    random = (
      Philox(seed: seed, stream: RandomStream.timestep.rawValue),
      Philox(seed: seed, stream: RandomStream.evaluation.rawValue)
    )
    values = data.size.values
    memory = (
      FloatMemory(count: values), FloatMemory(count: values),
      FloatMemory(count: capacity * values), FloatMemory(count: values)
    )
  }

  /// Asks for an image at timestep 1 and at one timestep of every octave.
  func ask(image: Int) -> ImageErrors {
    let x0 = memory.image.all
    Pixels.decode(data.pixels, from: image * values, into: x0)
    let draws = octaves.enumerated().map { place, octave in
      let word = random.timesteps.block(item: UInt32(image), time: 0, index: UInt32(place))[0]
      let step = word.multipliedFullWidth(by: UInt32(octave.count)).high
      return octave.lowerBound.advanced(by: Int(step))
    }
    var decoder = 0.0
    var errors: [(timestep: Timestep, squaredError: Double)] = []
    let bound = VariationalBound(schedule: model.schedule, variance: .small)
    estimates([Timestep(1)] + draws, image: image) { timestep, estimate in
      if timestep == Timestep(1) {
        decoder = bound.decoder(x0, estimates: estimate)
      } else {
        let error = sumOfSquaredDifferences(x0, estimate) / Double(values)
        errors.append((timestep, error))
      }
    }
    let meanSquare = sumOfSquaredDifferences(x0, memory.zero.all) / Double(values)
    return ImageErrors(meanSquare: meanSquare, decoder: decoder, draws: errors)
  }

  /// Estimates x0 from x_t for some timesteps, as many at a time as the network takes.
  private func estimates(
    _ timesteps: [Timestep], image: Int, _ body: (Timestep, _ estimate: Floats) -> Void
  ) {
    for start in stride(from: 0, to: timesteps.count, by: Denoiser.usualCapacity) {
      let part = timesteps[start...].prefix(Denoiser.usualCapacity)
      for (place, timestep) in part.enumerated() {
        random.noise.fillNormal(
          memory.noise.all, item: UInt32(image), time: UInt32(timestep.value))
        model.schedule.noised(at: timestep).apply(
          x0: memory.image.all, noise: memory.noise.all,
          into: memory.x.all.slice(place * values, values))
      }
      denoiser.x.copy(from: memory.x.all.slice(0, part.count * values))
      denoiser.run(
        Array(part),
        classes: labels.map { Array(repeating: Int($0[image]), count: part.count) } ?? [])
      for (place, timestep) in part.enumerated() {
        let estimate = denoiser.output.slice(place * values, values)
        let step = Sampler.ddpm(.small).step(
          from: timestep, to: timestep.advanced(by: -1), schedule: model.schedule,
          prediction: model.prediction, clipping: model.clipping)
        step.estimateImage(x: memory.x.all.slice(place * values, values), output: estimate)
        body(timestep, estimate)
      }
    }
  }
}
