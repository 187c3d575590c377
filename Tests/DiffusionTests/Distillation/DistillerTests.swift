// Distillation: what a student learns, stage by stage, and that it can be gone on with.

import Foundation
import TestSupport
import Testing

@testable import Autograd
@testable import Diffusion
@testable import Kernels

@Suite struct DistillerTests {
  private static let stages = [
    DistillationStage(steps: 4, .progressive(teacherSteps: 3)),
    DistillationStage(steps: 2, .progressive(teacherSteps: 2)),
    DistillationStage(steps: 2, .distributionMatching(criticSteps: 2)),
  ]

  private func distiller(
    _ teacher: DiffusionModel, _ stages: [DistillationStage] = stages, guidance: Double = 0,
    labels: [UInt8]? = nil, threads: Int = 2
  ) throws -> Distiller {
    try Distiller(
      teacher, stages, guidance: guidance, data: SmallTraining.images(12), labels: labels,
      SmallTraining.options(batch: 11, threads: threads) { $0.learningRate = 4e-3 })
  }

  private func conditionalTeacher() throws -> DiffusionModel {
    let trainer = try SmallTraining.conditionalTrainer(prediction: .velocity)
    for _ in 0..<5 { _ = try trainer.step(learningRate: 1e-2, emaDecay: 0) }
    return trainer.snapshot()
  }

  private static let labels = (0..<12).map { UInt8($0 % 3) }

  /// DDIM's step by the image that is learned ends where the teacher's steps end, and x_t stays what it
  /// was.
  @Test(arguments: [0, 1.5])
  func oneStepByTheLearnedImageEndsWhereTheTeachersStepsEnd(guidance: Double) throws {
    let teacher = try conditionalTeacher()
    let stage = DistillationStage(steps: 4, .progressive(teacherSteps: 3))
    let paths = try stage.paths(in: teacher.schedule)
    let examples = ExampleLane(
      teacher.unet, teacher.parameters, for: .inference, schedule: teacher.schedule,
      data: SmallTraining.images(12), seed: 3, stream: .evaluation)
    let draws = try stage.grid(in: teacher.schedule).enumerated().map { place, t in
      Draw(image: place, classRow: place % 3, timestep: t, noise: (UInt32(place), 0))
    }
    teacher.parameters.derive(Workers(count: 1))
    examples.prepare(draws[...])
    let xt = draws.indices.map { examples.xt($0).array }
    TeacherLane(teacher, guidance, paths: paths).teach(draws[...], examples)
    for (place, draw) in draws.enumerated() {
      let path = try #require(paths[draw.timestep])
      var options = SamplingOptions(threads: 1)
      options.start = Images(size: teacher.imageSize, values: xt[place])
      (options.classes, options.guidance) = (.one(place % 3), Guidance(guidance))
      let end = try teacher.sample(1, SamplingPlan(DDIMSampler(), along: path), options).images
      let (x0, noise) = (examples.x0(place).array, examples.noise(place).array)
      for (mix, expected) in [
        (teacher.schedule.noised(at: draw.timestep), xt[place]),
        (teacher.schedule.noised(at: path[path.count - 1]), end.values),
      ] {
        let worst = zip(zip(x0, noise), expected).map { values, expected in
          abs(
            mix.x0Weight * Double(values.0) + mix.noiseWeight * Double(values.1) - Double(expected))
        }.max()
        #expect(try #require(worst) < 2e-5, "timestep \(draw.timestep)")
      }
    }
  }

  /// A teacher that estimates the same image everywhere is its own student.
  @Test func aTeacherOfStraightPathsHasNothingToTeach() throws {
    let teacher = try constantModel(
      0.25, prediction: .sample, clipRange: nil, timesteps: 100, size: SmallTraining.size)
    let loss = try distiller(teacher).step(of: 2).loss
    #expect(loss < 1e-8)
    #expect(try distiller(untrainedModel(timesteps: 100)).step(of: 2).loss > 1e-4)
  }

  @Test(arguments: [1, 500, 999, 1000])
  func theWeightIsTheLargerOfTheSignalsAndTheNoisesShare(t: Int) throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 1000)
    let (t, alphaBar) = (Timestep(t), schedule.alphaBar(Timestep(t)))
    let velocity = DistillationLoss.weight(of: .velocity, at: t, in: schedule)
    #expect(abs(velocity - max(alphaBar, 1 - alphaBar)) < 1e-12)
    let sample = DistillationLoss.weight(of: .sample, at: t, in: schedule)
    #expect(abs(sample / max(schedule.signalToNoise(t), 1) - 1) < 1e-12)
  }

  @Test func aStagesStudentTeachesTheNextAndIsDrawnInItsSteps() throws {
    let model = try untrainedModel(timesteps: 100)
    let distiller = try distiller(model)
    let drawn = try (0..<6).map { _ in
      _ = try distiller.step(of: 9)
      return distiller.snapshot().defaults.preference?.steps
    }
    #expect(drawn == [4, 4, 4, 2, 2, 2] && distiller.completed == 6)
    let student = try self.distiller(model)
    for _ in 0..<3 { _ = try student.step(of: 9) }
    #expect(distiller.current.teacher.weights == student.snapshot().weights)
    #expect(distiller.snapshot().weights != distiller.current.teacher.weights)
  }

  /// Its student is the last one, its teacher and its critic are the model.
  @Test func matchingBeginsWithTheLastStudentAndTheModelItself() throws {
    let model = try untrainedModel(timesteps: 100)
    let distiller = try distiller(model)
    for _ in 0..<6 { _ = try distiller.step(of: 9) }
    let last = distiller.snapshot().weights
    _ = try distiller.step(of: 9)
    #expect(distiller.stage == 2 && distiller.current.critic?.trainer.completed == 2)
    #expect(distiller.current.teacher.weights == model.weights)
    #expect(distiller.snapshot().weights != last)
    #expect(distiller.current.critic?.model.weights != model.weights)
  }

  /// The loss on held-out images falls, at the student's timesteps alone.
  @Test func aStudentComesNearerToItsTeacher() throws {
    let distiller = try distiller(
      conditionalTeacher(), [DistillationStage(steps: 2, .progressive(teacherSteps: 4))],
      labels: Self.labels)
    let loss = HeldOutLoss(on: SmallTraining.images(12), labels: Self.labels, count: 24)
    let before = distiller.measure(loss, distiller.snapshot())
    for _ in 0..<120 { _ = try distiller.step(of: 120) }
    let after = distiller.measure(loss, distiller.snapshot())
    #expect(after.mean < 0.5 * before.mean, "\(before.mean) to \(after.mean)")
    #expect(after.ranges == [Timestep(500)...Timestep(500), Timestep(1000)...Timestep(1000)])
  }

  @Test func anyNumberOfThreadsGivesTheSameBytes() throws {
    func weights(threads: Int) throws -> [UInt8] {
      let distiller = try distiller(
        conditionalTeacher(), guidance: 1, labels: Self.labels, threads: threads)
      for _ in 0..<6 { _ = try distiller.step(of: 6) }
      return distiller.snapshot().weights
    }
    let one = try weights(threads: 1)
    #expect(try weights(threads: 2) == one && weights(threads: 3) == one)
  }

  /// Also in later stages, whose teacher and critic only the state has.
  @Test func interruptionsAtEveryStepChangeNoByte() throws {
    let teacher = try untrainedModel(timesteps: 100)
    try withTemporaryFolder { folder in
      let straight = try distiller(teacher)
      for _ in 0..<9 { _ = try straight.step(of: 9) }
      var cut = try distiller(teacher)
      for step in 0..<9 {
        try cut.saveState(to: folder, TrainingRecord(settings: [:], data: "", seconds: 0))
        // A student of the teacher's shape with other weights: what is not restored differs.
        cut = try distiller(straight.snapshot())
        try cut.restore(TrainingState(folder: folder))
        #expect(cut.completed == step)
        _ = try cut.step(of: 9)
      }
      #expect(cut.snapshot().weights == straight.snapshot().weights)
    }
  }

  @Test(arguments: [Prediction.noise, .mean])
  func modelsThatSayNothingOfTheImageInPureNoiseAreRefused(prediction: Prediction) throws {
    let teacher = try SmallTraining.trainer(prediction: prediction).snapshot()
    #expect(throws: DistillationError.prediction(prediction)) { try distiller(teacher) }
  }

  @Test func aLearnedVarianceIsRefused() throws {
    var network = SmallTraining.network()
    network.outChannels = 2
    let teacher = try Trainer(
      network, schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .velocity,
      objective: HybridLoss(), data: SmallTraining.images(10), SmallTraining.options()
    ).snapshot()
    #expect(throws: DistillationError.learnedVariance) { try distiller(teacher) }
  }

  /// Its step among all stages' steps, and the rate that was asked for, of which matching takes a part.
  @Test func aDistillationThatDivergesNamesItsOwnStepAndRate() throws {
    let teacher = try untrainedModel(timesteps: 100)
    let stages = [
      DistillationStage(steps: 2, .progressive(teacherSteps: 2)),
      DistillationStage(steps: 2, .distributionMatching(criticSteps: 1)),
    ]
    let distiller = try Distiller(
      teacher, stages, data: SmallTraining.images(12), SmallTraining.options { $0.warmup = 0 })
    for _ in 0..<3 { _ = try distiller.step(of: 4) }
    #expect(distiller.stage == 1)
    let (trainer, rate) = (distiller.current.trainer, distiller.options.learningRate)
    trainer.optimization.parameters.values.fill(3e38)
    trainer.optimization.parameters.markChanged()
    #expect(trainer.completed == 1 && trainer.options.learningRate < rate)
    #expect(throws: TrainingError.diverged(step: 4, learningRate: rate)) {
      _ = try distiller.step(of: 4)
    }
  }

  /// As when its length is an estimate, which later stages must not follow either.
  @Test func aSettledLengthIsThatOfAllStages() throws {
    let distiller = try distiller(untrainedModel(timesteps: 100))
    distiller.settle(for: 900)
    let first = distiller.current.trainer.options
    #expect(first.warmup != nil && first.averageDecay != nil)
    for _ in 0..<4 { _ = try distiller.step(of: 9) }
    #expect(distiller.stage > 0)
    let later = distiller.current.trainer.options
    #expect(later.warmup != nil && later.averageDecay != nil)
  }

  @Test func guidanceNeedsAModelWithClasses() throws {
    #expect(throws: SamplingError.unconditional) {
      try distiller(untrainedModel(timesteps: 100), guidance: 1)
    }
  }
}
