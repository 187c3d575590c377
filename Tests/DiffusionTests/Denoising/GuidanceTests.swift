// Guidance: where it acts, what it costs, by which model, and how it is rescaled.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct GuidanceTests {
  private let model: DiffusionModel

  init() throws { model = try SmallTraining.conditionalTrainer(classes: 3).snapshot() }

  private func sample(
    _ guidance: Guidance?, steps: Int = 4, of model: DiffusionModel? = nil
  ) throws -> Samples {
    var options = SamplingOptions(threads: 2)
    (options.guidance, options.clipping) = (guidance, Clipping.none)
    return try (model ?? self.model).sample(5, .ddim(steps: steps), options)
  }

  @Test func outsideItsIntervalGuidanceCostsNothing() throws {
    let last = model.schedule.last
    let plain = try sample(nil)
    #expect(plain.evaluations == 4)
    // DDIM's four steps visit T, 3/4 T, 1/2 T and 1/4 T.
    let unvisited = Timestep(1)...Timestep(2)
    let beside = try sample(Guidance(2, interval: unvisited))
    #expect(beside.images == plain.images && beside.evaluations == 4)
    let (all, whole) = (try sample(Guidance(2)), Guidance(2, interval: Timestep(1)...last))
    #expect(try sample(whole).images == all.images)
    #expect(all.evaluations == 8)
    let some = Guidance(2, interval: Timestep(last.value / 2)...Timestep(last.value * 3 / 4))
    let partly = try sample(some)
    #expect(partly.evaluations == 6)
    #expect(partly.images != plain.images && partly.images != all.images)
    var options = SamplingOptions(threads: 2)
    options.guidance = some
    #expect(try model.evaluations(of: .ddim(steps: 4), options) == 6)
    // Heun evaluates the inner timesteps twice.
    #expect(try model.evaluations(of: SamplingPlan(HeunSampler(), steps: 4), options) == 11)
  }

  @Test func guidedByItselfAModelDrawsItsOwnImages() throws {
    let (own, guided) = (try sample(nil), try sample(Guidance(3, from: .model(model))))
    #expect(guided.evaluations == 8)
    #expect(zip(own.images.values, guided.images.values).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  /// A guide that knows no class is the null class of the model itself.
  @Test func aModelWithoutItsClassesIsAGuideLikeNoClass() throws {
    let guide = try model.replacing { rows in for row in rows.indices { rows[row] = rows[3] } }
    let same = try model.replacing { _ in }
    let (free, guided) = try (
      sample(Guidance(1.5), of: same), sample(Guidance(1.5, from: .model(guide)), of: same)
    )
    let plain = try sample(nil, of: same)
    #expect(free.images != plain.images)
    #expect(zip(free.images.values, guided.images.values).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  /// D + w (D - D_guide), also where the guide outputs another quantity; one step leads to D.
  @Test(arguments: [Prediction.noise, .velocity, .sample])
  func aWorseModelIsMovedAwayFrom(prediction: Prediction) throws {
    let guide = try SmallTraining.conditionalTrainer(
      classes: 3, SmallTraining.options(seed: 9), prediction: prediction
    ).snapshot()
    let guided = try sample(Guidance(0.5, from: .model(guide)), steps: 1)
    let x = model.noise(5, seed: 0)
    let own = try model.denoise(x, at: model.schedule.last).x0.values
    let other = try guide.denoise(x, at: model.schedule.last).x0.values
    let scale = own.map { abs($0) }.max() ?? 0
    for (value, (own, other)) in zip(guided.images.values, zip(own, other)) {
      #expect(abs(value - (1.5 * own - 0.5 * other)) < 1e-4 * scale)
    }
  }

  /// In one step from T to data of a model that predicts the image, the result is the guided output.
  @Test func rescaledGuidanceKeepsTheDeviationOfEachImage() throws {
    func deviations(_ guidance: Guidance?) throws -> [Double] {
      let images = try sample(guidance, steps: 1, of: outputsImages).images
      return (0..<images.count).map { image in
        let values = images.values[image * 64..<(image + 1) * 64].map(Double.init)
        let mean = values.reduce(0, +) / 64
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 64).squareRoot()
      }
    }
    let (plain, guided) = (try deviations(nil), try deviations(Guidance(50)))
    let (whole, half) = try (
      deviations(Guidance(50, rescale: 1)), deviations(Guidance(50, rescale: 0.5))
    )
    for image in plain.indices {
      #expect(abs(guided[image] / plain[image] - 1) > 0.005)
      #expect(abs(whole[image] / plain[image] - 1) < 1e-5)
      #expect(abs(2 * half[image] / (plain[image] + guided[image]) - 1) < 1e-5)
    }
  }

  private var outputsImages: DiffusionModel {
    get throws {
      try SmallTraining.conditionalTrainer(classes: 3, prediction: .sample).snapshot()
    }
  }

  @Test func whatCannotGuideIsRefused() throws {
    let plain = try SmallTraining.trainer().snapshot()
    let other = try SmallTraining.conditionalTrainer(classes: 2).snapshot()
    let last = model.schedule.last
    let refusals: [(DiffusionModel, Guidance, SamplingError)] = [
      (model, Guidance(1, from: .model(plain)), .guideClasses(nil, 3)),
      (model, Guidance(1, from: .model(other)), .guideClasses(2, 3)),
      (model, Guidance(1, rescale: 1.5), .guidanceRescale(1.5)),
      (
        model, Guidance(1, interval: Timestep(1)...last.advanced(by: 1)),
        .timestep(last.advanced(by: 1), of: last)
      ),
      (plain, Guidance(1), .unconditional),
    ]
    for (model, guidance, error) in refusals {
      #expect(throws: error) { try sample(guidance, of: model) }
      #expect(!error.description.contains("\n"))
    }
    #expect(throws: Never.self) { try sample(Guidance(1, from: .model(plain)), of: plain) }
    func trained(_ betas: [Double]) throws -> DiffusionModel {
      try Trainer(
        SmallTraining.network(), schedule: NoiseSchedule(betas: betas), prediction: .noise,
        data: SmallTraining.images(10), SmallTraining.options()
      ).snapshot()
    }
    let betas = plain.schedule.timesteps.map { plain.schedule.beta($0) }
    // Rounded to what a file in single precision holds, and really another one.
    let (rounded, scaled) = try (
      trained(betas.map { Double(Float($0)) }), trained(betas.map { 1.1 * $0 })
    )
    #expect(throws: Never.self) { try sample(Guidance(1, from: .model(rounded)), of: plain) }
    #expect(throws: SamplingError.guideSchedule) {
      try sample(Guidance(1, from: .model(scaled)), of: plain)
    }
  }
}
