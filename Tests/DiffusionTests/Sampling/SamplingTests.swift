// Sampling with a whole model: whose noise, which bytes, and the promises about both.

import Diffusion
import Synchronization
import Testing

@Suite struct SamplingTests {
  private let model: DiffusionModel

  init() throws { model = try SmallTraining.trainer().model }

  private func plan(
    _ sampler: Sampler, steps: Int = 5, clipping: Clipping = .toRange(1)
  ) throws -> SamplingPlan {
    try SamplingPlan(
      steps: steps, spacing: .trailing, sampler: sampler, schedule: model.schedule,
      prediction: model.prediction, clipping: clipping)
  }

  /// The noise that images start from is what a plan without steps leaves.
  private func start(_ count: Int, seed: UInt64 = 0) throws -> Images {
    let nothing = try SamplingPlan(
      along: [], sampler: .ddim(.value(0)), schedule: model.schedule,
      prediction: model.prediction, clipping: .none)
    return model.sample(count, plan: nothing, options(seed: seed)).images
  }

  private func options(
    seed: UInt64 = 0, batch: Int? = nil, threads: Int = 2, start: Images? = nil
  ) -> SamplingOptions {
    var options = SamplingOptions(threads: threads)
    (options.seed, options.batch, options.start) = (seed, batch, start)
    return options
  }

  @Test(arguments: [
    Sampler.ddim(.value(0)), .ddim(.value(0.5)), .ddim(.hat), .ddpm(.small), .ddpm(.large),
  ])
  func anImageOfASeedIsTheSameBytesHoweverItIsDrawn(sampler: Sampler) throws {
    let plan = try plan(sampler)
    let all = model.sample(9, plan: plan, options(seed: 7, batch: 1, threads: 1)).images.values
    #expect(all.allSatisfy { $0.isFinite })
    for (count, batch, threads) in [
      (9, nil, 2), (9, 2, 3), (9, 9, 1), (3, 4, 2), (1, nil, 5), (7, 5, 2),
    ] {
      let some = model.sample(count, plan: plan, options(seed: 7, batch: batch, threads: threads))
      #expect(some.images.count == count)
      #expect(
        some.images.values == Array(all.prefix(count * model.imageSize.values)),
        "\(count) in batches of \(batch ?? 0) on \(threads) threads")
    }
  }

  @Test func seedsAndImagesDiffer() throws {
    let plan = try plan(.ddim(.value(0)))
    let images = [0, 1, 1 << 32, .max].flatMap { (seed: UInt64) in
      let values = model.sample(4, plan: plan, options(seed: seed)).images.values
      return (0..<4).map { Array(values[$0 * 64..<($0 + 1) * 64]) }
    }
    #expect(Set(images).count == 16)
  }

  /// The two are one formula in two writings (DDIM, Section 4.1), with clipping too.
  @Test(arguments: [Clipping.none, .toRange(1)])
  func etaOfOneIsDDPMsSmallVariance(clipping: Clipping) throws {
    let samples = try [Sampler.ddim(.value(1)), .ddpm(.small)].map {
      model.sample(8, plan: try plan($0, steps: 20, clipping: clipping), options())
    }
    let scale = samples[1].images.values.map { abs($0) }.max() ?? 0
    let error =
      zip(samples[0].images.values, samples[1].images.values)
      .map { abs($0 - $1) }.max() ?? .infinity
    // Weights that differ in their last digit, through twenty passes of an untrained network.
    #expect(error <= 1e-4 * scale, "\(error) of \(scale)")
    #expect(ByteImages(samples[0].images) == ByteImages(samples[1].images))
    #expect((samples[0].clippedShare > 0.1) == (clipping != .none))
    // The noise does take part.
    #expect(
      model.sample(8, plan: try plan(.ddim(.value(0)), steps: 20, clipping: clipping), options())
        .images != samples[1].images)
  }

  /// 4096 numbers: their mean is within 5/64 of 0 and their variance within 5·√2/64 of 1.
  @Test func imagesStartFromStandardNoise() throws {
    let noise = try start(64).values.map(Double.init)
    let mean = noise.reduce(0, +) / Double(noise.count)
    let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)
    #expect(abs(mean) < 0.078 && abs(variance - 1) < 0.11)
  }

  @Test func noiseGivenIsTheNoiseStartedFrom() throws {
    let plan = try plan(.ddim(.value(0)))
    let (ours, others) = (try start(5), try start(5, seed: 1))
    let drawn = model.sample(5, plan: plan, options()).images
    #expect(model.sample(5, plan: plan, options(start: ours)).images == drawn)
    // With a start the seed only decides about the noise on the way, of which there is none.
    #expect(model.sample(5, plan: plan, options(seed: 1, start: ours)).images == drawn)
    #expect(model.sample(5, plan: plan, options(start: others)).images != drawn)
    // More noise than is asked for is left alone.
    #expect(
      model.sample(2, plan: plan, options(start: ours)).images.values
        == Array(drawn.values.prefix(2 * 64)))
  }

  @Test(arguments: [1, 3]) func progressRisesToOne(threads: Int) throws {
    let shares = Mutex<[Double]>([])
    var options = options(batch: 2, threads: threads)
    options.progress = { share in shares.withLock { $0.append(share) } }
    _ = model.sample(7, plan: try plan(.ddim(.value(0))), options)
    let seen = shares.withLock { $0 }
    // Four batches of five steps each; threads may report out of order.
    #expect(seen.sorted() == (1...20).map { Double($0) / 20 })
  }

  @Test func theShareOfClippedValuesIsMeasured() throws {
    let clipped = model.sample(4, plan: try plan(.ddpm(.small)), options())
    #expect((0.1...1).contains(clipped.clippedShare))
    #expect(clipped.images.values.allSatisfy { abs($0) <= 1 }, "the last step adds no noise")
    let plan = try plan(.ddpm(.small), clipping: .none)
    #expect(model.sample(4, plan: plan, options()).clippedShare == 0)
  }
}
