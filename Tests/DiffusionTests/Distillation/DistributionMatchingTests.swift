// Distribution matching: the student's own steps, what its critic learns, and which way it is moved.

import TestSupport
import Testing

@testable import Autograd
@testable import Diffusion
@testable import Kernels

@Suite struct DistributionMatchingTests {
  private let grid = [Timestep(1000), Timestep(500)]

  /// A model that estimates an image of one grey everywhere.
  private func constant(_ grey: Float, timesteps: Int = 1000) throws -> DiffusionModel {
    let model = try constantModel(
      grey, prediction: .sample, clipRange: nil, timesteps: timesteps, size: SmallTraining.size)
    model.parameters.derive(Workers(count: 1))
    return model
  }

  private func examples(_ model: DiffusionModel) -> ExampleLane {
    ExampleLane(
      model.unet, model.parameters, for: .inference, schedule: model.schedule,
      data: SmallTraining.images(12), seed: 3, stream: .evaluation)
  }

  private func draws(_ timesteps: [Timestep], classes: Int? = nil) -> [Draw] {
    timesteps.enumerated().map { place, t in
      Draw(
        image: place, classRow: classes.map { place % $0 }, timestep: t, noise: (UInt32(place), 5))
    }
  }

  /// Its steps are those that `sample` takes, and the last estimate is the image.
  @Test func aStudentDrawsWhatItsSamplerDraws() throws {
    let trainer = try SmallTraining.conditionalTrainer(prediction: .velocity)
    for _ in 0..<5 { _ = try trainer.step(learningRate: 1e-2, emaDecay: 0) }
    let model = trainer.snapshot()
    model.parameters.derive(Workers(count: 1))
    let lane = StudentLane(model, grid)
    let x = lane.lane.memory()
    let noise = Philox(seed: 1, stream: RandomStream.sampling.rawValue)
    noise.fillNormal(x.all, item: 0, time: 0)
    let start = x.all.array
    lane.draw(x, to: [grid[1], grid[0], grid[1]], [0, 1, 2])
    let values = model.imageSize.values
    for (place, steps) in [2, 1, 2].enumerated() {
      var options = SamplingOptions(threads: 1)
      options.start = Images(
        size: model.imageSize, values: Array(start[place * values..<(place + 1) * values]))
      options.classes = .one(place)
      // An image that is still at T after its draw is one that a single step makes.
      let plan = SamplingPlan(DDIMSampler(), along: Array(grid.prefix(steps)) + [.zero])
      let expected = try model.sample(1, plan, options).images.values
      let drawn = lane.lane.image(place, of: lane.x0).array
      let worst = zip(drawn, expected).map { abs($0 - $1) }.max()
      #expect(try #require(worst) < 1e-5, "image \(place)")
    }
  }

  /// x̃0 = x̂0 - (x̂0_critic - x̂0_teacher)/rms(x̂0 - x̂0_teacher), and x_t stays what the student was shown.
  @Test(arguments: [(0.5, 0.25, 0.75), (-0.5, 0.25, 0.0), (0.25, 0.25, 0.25), (0.3, 0.295, 0.3)])
  func aStudentIsMovedFromWhatTheCriticSeesToWhatTheTeacherSees(
    student: Float, teacher: Float, critic: Float
  ) throws {
    let models = try (constant(student), constant(teacher), constant(critic))
    let lane = MatchingLane(models.0, models.1, 0, critic: models.2, grid, seed: 0)
    let (examples, draws) = (examples(models.0), draws([grid[0], grid[1], grid[1]]))
    examples.prepare(draws[...])
    let noise = draws.indices.map { examples.noise($0).array }
    lane.teach(draws[...], examples)
    let expected = student - (critic - teacher) / max(abs(student - teacher), 0.01)
    for (place, draw) in draws.enumerated() {
      #expect(examples.x0(place).array.allSatisfy { abs($0 - expected) < 1e-5 })
      let mix = models.0.schedule.noised(at: draw.timestep)
      let first = models.0.schedule.noised(at: grid[0])
      for (i, xt) in examples.xt(place).array.enumerated() {
        let (x0, ε) = (Double(examples.x0(place)[i]), Double(examples.noise(place)[i]))
        #expect(abs(mix.x0Weight * x0 + mix.noiseWeight * ε - Double(xt)) < 1e-5)
        // A step of DDIM from x_T = ε that estimates the constant.
        let start = Double(noise[place][i])
        let rest = (start - first.x0Weight * Double(student)) / first.noiseWeight
        let shown =
          draw.timestep == grid[0] ? start : mix.x0Weight * Double(student) + mix.noiseWeight * rest
        #expect(abs(shown - Double(xt)) < 1e-5)
      }
    }
  }

  /// Where critic and teacher agree, no student has anything to learn.
  @Test func aStudentThatDrawsAsItsTeacherIsNotMoved() throws {
    let model = try constant(0.25)
    let distiller = try Distiller(
      model, [DistillationStage(steps: 2, .distributionMatching(criticSteps: 1))],
      data: SmallTraining.images(12), SmallTraining.options(batch: 8))
    let loss = HeldOutLoss(on: SmallTraining.images(12), count: 16)
    #expect(distiller.measure(loss, distiller.snapshot()).mean < 1e-9)
    for _ in 0..<3 { #expect(try distiller.step(of: 3).loss < 1e-9) }
    #expect(try distiller.measure(loss, constant(0.5)).mean < 1e-9)
    // A critic of other images tells the student's apart.
    let other = try constant(0.5).parameters.values
    distiller.current.critic?.model.parameters.values.copy(from: other)
    #expect(distiller.measure(loss, distiller.snapshot()).mean > 1)
  }

  /// What the critic is shown are the student's images under noise, not those of the data.
  @Test func aCriticLearnsFromTheStudentsImages() throws {
    let model = try constant(0.25)
    let (examples, draws) = (examples(model), draws([Timestep(100), Timestep(900)]))
    examples.prepare(draws[...])
    let noise = draws.indices.map { examples.noise($0).array }
    CriticLane(model, grid, seed: 0).teach(draws[...], examples)
    for (place, draw) in draws.enumerated() {
      #expect(examples.x0(place).array.allSatisfy { abs($0 - 0.25) < 1e-6 })
      #expect(examples.noise(place).array == noise[place])
      let mix = model.schedule.noised(at: draw.timestep)
      for (i, xt) in examples.xt(place).array.enumerated() {
        let expected = mix.x0Weight * 0.25 + mix.noiseWeight * Double(noise[place][i])
        #expect(abs(expected - Double(xt)) < 1e-5)
      }
    }
  }

  /// Its critic has to see first that the images are too bright.
  @Test func aStudentWhoseImagesAreTooBrightIsBroughtToTheTeachers() throws {
    let options = SmallTraining.options(batch: 8) { $0.learningRate = 0.2 }
    let (teacher, student) = try (constant(0.25), constant(0.5))
    let stage = try StageTraining(
      .init(stage: 0, before: 0),
      of: [DistillationStage(steps: 1, .distributionMatching(criticSteps: 3))], from: student,
      DistillationSubject(
        original: teacher, guidance: 0, data: SmallTraining.images(12), labels: nil,
        options: options))
    for _ in 0..<150 { _ = try stage.step(of: 150) }
    let image = try stage.student().sample(
      1, .ddim(steps: 1, spacing: .trailing), SamplingOptions(threads: 1)
    ).images.values
    #expect(image.allSatisfy { abs($0 - 0.25) < 0.05 }, "\(image[0])")
  }
}
