// Sampling with a whole model: whose noise, which bytes, and the promises about both.

import Autograd
import TestSupport
import Testing

@testable import Diffusion

@Suite struct SamplingTests {
  private let model: DiffusionModel

  init() throws { model = try SmallTraining.trainer().snapshot() }

  /// The noise that images start from is what a plan without steps leaves.
  private func start(_ count: Int, seed: UInt64 = 0) throws -> Images {
    try model.sample(count, SamplingPlan(DDIMSampler(), along: []), options(seed: seed)).images
  }

  private func options(
    seed: UInt64 = 0, batch: Int? = nil, threads: Int = 2, start: Images? = nil,
    clipping: Clipping? = nil
  ) -> SamplingOptions {
    var options = SamplingOptions(threads: threads)
    options.clipping = clipping
    (options.seed, options.batch, options.start) = (seed, batch, start)
    return options
  }

  @Test(arguments: [
    SamplingPlan.ddim(steps: 5), .ddim(steps: 5, eta: .value(0.5)), .ddim(steps: 5, eta: .hat),
    .ddpm(steps: 5), .ddpm(steps: 5, variance: .large),
  ])
  func anImageOfASeedIsTheSameBytesHoweverItIsDrawn(plan: SamplingPlan) throws {
    let all = try model.sample(9, plan, options(seed: 7, batch: 1, threads: 1)).images.values
    #expect(all.allSatisfy { $0.isFinite })
    for (count, batch, threads) in [
      (9, nil, 2), (9, 2, 3), (9, 9, 1), (3, 4, 2), (1, nil, 5), (7, 5, 2),
    ] {
      let some = try model.sample(count, plan, options(seed: 7, batch: batch, threads: threads))
      #expect(some.images.count == count)
      #expect(
        some.images.values == Array(all.prefix(count * model.imageSize.values)),
        "\(count) in batches of \(batch ?? 0) on \(threads) threads")
    }
  }

  @Test func outputsThatAreNoNumbersAreAnError() throws {
    let broken = try SmallTraining.trainer().snapshot()
    broken.parameters.values.fill(3e38)
    #expect(throws: SamplingError.notFinite) {
      try broken.sample(2, .ddim(steps: 2), options(threads: 1))
    }
  }

  /// Shares of one job: each begins where the one before ends.
  @Test func sharesAreTheImagesOfTheWhole() throws {
    let plan = SamplingPlan.ddim(steps: 3, eta: .value(1))
    let all = try model.sample(9, plan, options(seed: 3)).images.values
    let parts = try [(0, 4), (4, 3), (7, 2)].flatMap { first, count in
      var options = options(seed: 3, batch: 2)
      options.first = first
      return try model.sample(count, plan, options).images.values
    }
    #expect(parts == all)
  }

  @Test func seedsAndImagesDiffer() throws {
    let plan = SamplingPlan.ddim(steps: 5)
    let images = try [0, 1, 1 << 32, .max].flatMap { (seed: UInt64) in
      let values = try model.sample(4, plan, options(seed: seed)).images.values
      return (0..<4).map { Array(values[$0 * 64..<($0 + 1) * 64]) }
    }
    #expect(Set(images).count == 16)
  }

  /// The two are one formula in two writings (DDIM, Section 4.1), with clipping too.
  @Test(arguments: [Clipping.none, .toRange(1)])
  func etaOfOneIsDDPMsSmallVariance(clipping: Clipping) throws {
    let samples = try [SamplingPlan.ddim(steps: 20, eta: .value(1)), .ddpm(steps: 20)].map {
      try model.sample(8, $0, options(clipping: clipping))
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
      try model.sample(8, .ddim(steps: 20), options(clipping: clipping)).images != samples[1].images
    )
  }

  /// 4096 numbers: their mean is within 5/64 of 0 and their variance within 5·√2/64 of 1.
  @Test func imagesStartFromStandardNoise() throws {
    let noise = try start(64).values.map(Double.init)
    let mean = noise.reduce(0, +) / Double(noise.count)
    let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)
    #expect(abs(mean) < 0.078 && abs(variance - 1) < 0.11)
  }

  @Test func noiseGivenIsTheNoiseStartedFrom() throws {
    let plan = SamplingPlan.ddim(steps: 5)
    let (ours, others) = (try start(5), try start(5, seed: 1))
    let drawn = try model.sample(5, plan, options()).images
    #expect(try model.sample(5, plan, options(start: ours)).images == drawn)
    // With a start the seed only decides about the noise on the way, of which there is none.
    #expect(try model.sample(5, plan, options(seed: 1, start: ours)).images == drawn)
    #expect(try model.sample(5, plan, options(start: others)).images != drawn)
    // More noise than is asked for is left alone.
    #expect(
      try model.sample(2, plan, options(start: ours)).images.values
        == Array(drawn.values.prefix(2 * 64)))
  }

  @Test(arguments: [1, 3]) func progressRisesToOne(threads: Int) throws {
    let shares = Locked<[Double]>([])
    var options = options(batch: 2, threads: threads)
    options.progress = { share in shares.withLock { $0.append(share) } }
    _ = try model.sample(7, .ddim(steps: 5), options)
    let seen = shares.withLock { $0 }
    // Four batches of five steps each; threads may report out of order.
    #expect(seen.sorted() == (1...20).map { Double($0) / 20 })
  }

  @Test func theShareOfClippedValuesIsMeasured() throws {
    let clipped = try model.sample(4, .ddpm(steps: 5), options())
    #expect(clipped.evaluations == 5)
    #expect((0.1...1).contains(clipped.clippedShare))
    #expect(clipped.images.values.allSatisfy { abs($0) <= 1 }, "the last step adds no noise")
    let free = try model.sample(4, .ddpm(steps: 5), options(clipping: Clipping.none))
    #expect(free.clippedShare == 0)
  }
}
