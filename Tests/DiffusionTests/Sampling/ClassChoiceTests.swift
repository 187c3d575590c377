// Classes and guidance: whose images they are, what they are made of, and what is refused.

import Diffusion
import TestSupport
import Testing

@Suite struct ClassChoiceTests {
  private let model: DiffusionModel

  /// First weights: the rows of the classes are N(0, 1), so that they matter.
  init() throws { model = try SmallTraining.conditionalTrainer(classes: 3).snapshot() }

  private let plan = SamplingPlan.ddim(steps: 4)

  private func options(
    _ classes: ClassChoice? = nil, guidance: Double? = nil, batch: Int? = nil, threads: Int = 2,
    clipping: Clipping = .none
  ) -> SamplingOptions {
    var options = SamplingOptions(threads: threads)
    (options.classes, options.batch) = (classes, batch)
    options.guidance = guidance.map { Guidance($0) }
    options.clipping = clipping
    return options
  }

  private func images(_ values: [Float]) -> [[Float]] {
    stride(from: 0, to: values.count, by: 64).map { Array(values[$0..<$0 + 64]) }
  }

  @Test(arguments: [nil, 0, 1.5])
  func anImageOfASeedIsTheSameBytesHoweverItIsDrawn(guidance: Double?) throws {
    let plan = SamplingPlan.ddim(steps: 4, eta: .value(0.5))
    let all = try model.sample(
      9, plan, options(guidance: guidance, batch: 1, threads: 1, clipping: .toRange(1))
    ).images.values
    #expect(all.allSatisfy { $0.isFinite })
    for (count, batch, threads) in [
      (9, nil, 2), (9, 2, 3), (9, 64, 1), (4, 3, 2), (1, nil, 5), (7, 5, 2),
    ] {
      let some = try model.sample(
        count, plan,
        options(guidance: guidance, batch: batch, threads: threads, clipping: .toRange(1)))
      #expect(
        some.images.values == Array(all.prefix(count * 64)),
        "\(count) in batches of \(batch ?? 0) on \(threads) threads")
    }
  }

  @Test func allClassesTakeTurns() throws {
    let all = images(try model.sample(7, plan, options(.all)).images.values)
    #expect(images(try model.sample(7, plan, options()).images.values) == all)
    let each = try (0..<3).map {
      images(try model.sample(7, plan, options(.one($0))).images.values)
    }
    for i in 0..<7 {
      #expect(all[i] == each[i % 3][i])
      #expect(Set(each.map { $0[i] }).count == 3, "every class has an image \(i) of its own")
    }
    let named = images(
      try model.sample(4, plan, options(.each([2, 2, 0, 1]))).images.values)
    #expect(named == [each[2][0], each[2][1], each[0][2], each[1][3]])
    #expect(throws: SamplingError.noSuchClass(3, of: 3)) {
      try model.check(options(.each([0, 3])))
    }
  }

  @Test func guidanceOfZeroIsTheClassAlone() throws {
    let own = try model.sample(5, plan, options()).images
    #expect(try model.sample(5, plan, options(guidance: 0)).images == own)
    #expect(try model.sample(5, plan, options(guidance: 0.5)).images != own)
  }

  /// One step from T leads to the estimate of x0, in which the network's output is linear.
  @Test func guidanceLeadsAwayFromTheNullClass() throws {
    // The class 0 of the second model is the first one's null class.
    let other = try model.replacing { rows in rows[0] = rows[3] }
    func estimate(_ model: DiffusionModel, guidance: Double = 0) throws -> [Float] {
      try model.sample(
        3, SamplingPlan.ddim(steps: 1), options(.one(0), guidance: guidance)
      ).images.values
    }
    // The same tables of the schedule for both.
    let same = try model.replacing { _ in }
    let (told, untold) = (try estimate(same), try estimate(other))
    #expect(told != untold)
    let scale = told.map { abs($0) }.max() ?? 0
    for weight in [0.5, 1, 7] {
      let guided = try estimate(same, guidance: weight)
      for ((guided, told), untold) in zip(zip(guided, told), untold) {
        let expected = (1 + weight) * Double(told) - weight * Double(untold)
        // Three roundings of single precision, of numbers up to 1 + 2w times the largest.
        #expect(abs(Double(guided) - expected) <= 1e-6 * (1 + 2 * weight) * Double(scale))
      }
    }
    // Where class and null class have the same output, guidance changes nothing.
    let twins = try other.replacing { _ in }
    #expect(
      try zip(estimate(twins, guidance: 3), untold).allSatisfy { abs($0 - $1) <= 1e-5 * scale })
  }

  @Test func whatTheModelCannotDrawIsRefused() throws {
    let plain = try SmallTraining.trainer().snapshot()
    let rowsOnly = try model.replacing(nullClass: nil) { _ in }
    #expect(model.classCount == 3 && plain.classCount == nil && rowsOnly.classCount == 4)
    let refusals: [(DiffusionModel, SamplingOptions, SamplingError)] = [
      (plain, options(.all), .unconditional), (plain, options(.one(0)), .unconditional),
      (plain, options(guidance: 0), .unconditional),
      (model, options(.one(3)), .noSuchClass(3, of: 3)),
      (model, options(.one(-1)), .noSuchClass(-1, of: 3)),
      (model, options(guidance: -0.1), .guidance(-0.1)),
      (model, options(guidance: .infinity), .guidance(.infinity)),
      (rowsOnly, options(guidance: 1), .noNullClass),
      (rowsOnly, options(.one(4), guidance: 1), .noSuchClass(4, of: 4)),
    ]
    for (model, options, error) in refusals {
      #expect(throws: error) { try model.check(options) }
      #expect(!error.description.contains("\n"))
    }
    for (model, options) in [
      (plain, options()), (model, options(.one(2), guidance: 0)), (rowsOnly, options(.one(3))),
    ] {
      #expect(throws: Never.self) { try model.check(options) }
    }
  }

  /// A class-conditional network as diffusers writes it, opened and drawn from.
  @Test(.needsFixtures) func aForeignConditionalModelDraws() throws {
    let (network, pipeline) = (
      try Fixtures.url("unet/class10/model").path, try Fixtures.url("pipeline/uncond").path
    )
    try withTemporaryFolder { folder in
      try createFolder(folder + "/unet")
      for (from, to) in [
        (network, "unet/config.json"), (network, "unet/diffusion_pytorch_model.safetensors"),
        (pipeline, "model_index.json"),
      ] {
        let name = to.split(separator: "/").last.map(String.init) ?? to
        try [UInt8](file: "\(from)/\(name)").save(to: "\(folder)/\(to)")
      }
      try createFolder(folder + "/scheduler")
      try [UInt8](file: pipeline + "/scheduler/scheduler_config.json")
        .save(to: folder + "/scheduler/scheduler_config.json")
      let model = try DiffusionModel(folder: folder)
      #expect(model.classCount == 10 && model.ignoredKeys.isEmpty)
      let plan = SamplingPlan.ddim(steps: 2)
      let drawn = try model.sample(2, plan, options(.all)).images.values
      #expect(drawn.allSatisfy { $0.isFinite })
      #expect(try model.sample(2, plan, options(.one(0))).images.values != drawn)
      #expect(throws: SamplingError.noNullClass) { try model.check(options(guidance: 1)) }
    }
  }
}
