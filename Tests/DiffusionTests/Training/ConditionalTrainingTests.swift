// Training with labels: which classes are dropped, the same bytes on any number of threads, and that it
// works.

import TestSupport
import Testing

@testable import Diffusion

@Suite struct ConditionalTrainingTests {
  private func train(
    steps: Int = 3, _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> (weights: [UInt8], losses: [Double]) {
    let trainer = try SmallTraining.conditionalTrainer(
      SmallTraining.options(batch: 2 * ShardSize.usual + 5) {
        $0.warmup = 0
        change(&$0)
      })
    let losses = try (0..<steps).map { _ in try trainer.step(of: steps).loss }
    return (trainer.snapshot().weights, losses)
  }

  @Test func anyNumberOfThreadsGivesTheSameBytes() throws {
    let one = try train { $0.threads = 1 }
    for threads in [2, 3] {
      let many = try train { $0.threads = threads }
      #expect(many.losses == one.losses && many.weights == one.weights, "\(threads) threads")
    }
  }

  /// Only rows that are looked up have a gradient; of the others Adam moves nothing.
  @Test(arguments: [(0.0, [true, true, true, false]), (1.0, [false, false, false, true])])
  func droppedClassesAreTheNullClass(share: Double, moved: [Bool]) throws {
    let trainer = try SmallTraining.conditionalTrainer(
      SmallTraining.options(batch: 12) { ($0.warmup, $0.classDropout) = (0, share) })
    let before = try trainer.snapshot().classRows
    _ = try trainer.step(of: 1)
    let after = try trainer.snapshot().classRows
    #expect(zip(before, after).map { $0 != $1 } == moved)
  }

  @Test func aTenthOfTheClassesIsDroppedUnlessAskedOtherwise() throws {
    for (share, expected) in [(nil, 200), (0.3, 600)] as [(Double?, Int)] {
      let trainer = try SmallTraining.conditionalTrainer(
        SmallTraining.options(batch: 2000) { if let share { $0.classDropout = share } })
      let dropped = trainer.draws(0).count { $0.classRow == 3 }
      // Five standard errors.
      #expect(abs(dropped - expected) < (share == nil ? 67 : 103), "\(dropped)")
    }
  }

  @Test func labelsAndTheirDroppingDecideTheWeights() throws {
    let runs = try [0, 0.1, 0.5].map { share in try train { $0.classDropout = share }.weights }
    #expect(Set(runs).count == 3)
    let trainer = try Trainer(
      SmallTraining.network(classes: 3), schedule: NoiseSchedule(.linear, timesteps: 1000),
      prediction: .noise, data: SmallTraining.images(12),
      labels: Array(repeating: 0, count: 12), SmallTraining.options(batch: 21) { $0.warmup = 0 })
    for _ in 0..<3 { _ = try trainer.step(of: 3) }
    #expect(trainer.snapshot().weights != runs[1])
  }

  @Test func theHeldOutLossIsConditionedOnTheLabels() throws {
    let trainer = try SmallTraining.conditionalTrainer()
    let data = SmallTraining.images(6)
    func loss(_ labels: [UInt8], threads: Int = 1) -> Double {
      HeldOutLoss(on: data, labels: labels, count: 30)(trainer.snapshot(), threads: threads).mean
    }
    let (right, wrong) = (loss([0, 1, 2, 0, 1, 2]), loss([1, 2, 0, 1, 2, 0]))
    #expect(right != wrong && right == loss([0, 1, 2, 0, 1, 2], threads: 3))
    func bits(_ labels: [UInt8]) -> SampleMean {
      trainer.snapshot().likelihoods(of: data, labels: labels, count: 6, seed: 0, threads: 2)[0]
        .total
    }
    #expect(bits([0, 1, 2, 0, 1, 2]) != bits([1, 2, 0, 1, 2, 0]))
  }

  /// Two classes of images with nothing in common: white above, white below. A network that is not
  /// conditioned on the class would draw both kinds for either. Predicting the image is learned soonest.
  @Test func aNetworkLearnsWhatItsClassesAre() throws {
    let data = ByteImages(
      size: SmallTraining.size,
      pixels: (0..<16).flatMap { image in
        (0..<64).map { (($0 < 32) == (image % 2 == 0)) ? 255 : 0 }
      })
    let trainer = try SmallTraining.conditionalTrainer(
      classes: 2, SmallTraining.options(batch: 16) { $0.learningRate = 4e-3 }, data: data,
      prediction: .sample)
    for _ in 0..<150 { _ = try trainer.step(of: 150) }
    let model = trainer.snapshot()
    for guidance in [0.0, 1] {
      var options = SamplingOptions(threads: 2)
      options.guidance = Guidance(guidance)
      let values = try model.sample(16, .ddim(steps: 10), options).images.values
      let right = (0..<16).count { image in
        let half = { (from: Int) in values[image * 64 + from..<image * 64 + from + 32].reduce(0, +)
        }
        return (half(0) > half(32)) == (image % 2 == 0)
      }
      #expect(right == 16, "guidance \(guidance)")
    }
  }
}
