// Training: the same bytes on any number of threads, a loss that falls, an end that is not silent.

import TestSupport
import Testing

@testable import Diffusion

/// Images of a shard.
private let shard = ShardSize.usual

@Suite struct TrainerTests {
  /// The weights after three steps, and what the steps said.
  private func train(
    _ options: TrainingOptions, data: ByteImages = SmallTraining.images(10)
  ) throws -> (weights: [UInt8], losses: [Double]) {
    let trainer = try SmallTraining.trainer(options, data: data, dropout: 0.1)
    let losses = try (0..<3).map { _ in try trainer.step(of: 3).loss }
    return (trainer.snapshot().weights, losses)
  }

  /// Batches below a shard, of one, above, of a whole and of no whole number of them, and larger than
  /// the data.
  @Test(arguments: [1, shard - 1, shard, shard + 1, 2 * shard, 3 * shard + 5])
  func anyNumberOfThreadsGivesTheSameBytes(batch: Int) throws {
    let one = try train(SmallTraining.options(batch: batch, threads: 1))
    for threads in [2, 3] {
      let many = try train(SmallTraining.options(batch: batch, threads: threads))
      #expect(many.losses == one.losses && many.weights == one.weights, "\(threads) threads")
    }
  }

  @Test func theSeedDecidesEverything() throws {
    let first = try train(SmallTraining.options(seed: 1))
    let again = try train(SmallTraining.options(seed: 1))
    let other = try train(SmallTraining.options(seed: 2))
    #expect(first.losses == again.losses && first.weights == again.weights)
    #expect(first.losses != other.losses && first.weights != other.weights)
  }

  @Test(arguments: [
    ImageSize(height: 12, width: 12, channels: 1), ImageSize(height: 4, width: 10, channels: 3),
  ])
  func imagesOfAnyEvenSizeAndChannelsAreTrainedOn(size: ImageSize) throws {
    let run = try train(SmallTraining.options(), data: SmallTraining.images(5, size))
    #expect(run.losses.allSatisfy { $0 > 0.1 && $0 < 10 })
  }

  /// With an output of 3 whatever goes in, E(3 - ε)² is 10, and its slope along the last bias, the only
  /// weight that anything depends on, 6.
  @Test(arguments: [1, shard, 5 * shard + 3])
  func lossAndGradientAreMeansOverTheBatch(batch: Int) throws {
    let model = try constantModel(3, prediction: .noise, clipRange: nil, timesteps: 100)
    let data = SmallTraining.images(4, model.imageSize)
    let trainer = Trainer(from: model, data: data, SmallTraining.options(batch: batch))
    let steps = 40
    let step = try (0..<steps).map { _ in try trainer.step(learningRate: 0, emaDecay: 0) }
    let values = Double(steps * batch * model.imageSize.values)
    let loss = step.reduce(0) { $0 + $1.loss } / Double(steps)
    let norm = step.reduce(0) { $0 + $1.gradientNorm } / Double(steps)
    // Five standard errors: the variances are 38 and 4.
    #expect(abs(loss - 10) < 5 * (38 / values).squareRoot(), "\(loss)")
    #expect(abs(norm - 6) < 5 * (4 / values).squareRoot(), "\(norm)")
    let heldOut = HeldOutLoss(on: data, count: 200)(model, threads: 2)
    #expect(abs(heldOut.mean - 10) < 5 * (38.0 / 3200).squareRoot(), "\(heldOut)")
  }

  /// Whether one is mirrored has nothing to do with its timestep.
  @Test func halfOfTheImagesAreMirroredAtAnyTimestep() throws {
    let trainer = try SmallTraining.trainer(
      SmallTraining.options(batch: 1000) { $0.mirrorsImages = true })
    let draws = trainer.draws(0)
    for half in [draws.prefix(500), draws.suffix(500)] {
      // Five standard errors.
      #expect(abs(half.count(where: \.isMirrored) - 250) < 56)
    }
    #expect(Set(draws.prefix(500).map { $0.timestep > Timestep(500) }) == [false])
  }

  /// The bars lie across the image: its mirror image is the image itself, that of standing bars is not.
  @Test func mirroringIsLeftToRight() throws {
    func weights(_ data: ByteImages, mirrored: Bool) throws -> [UInt8] {
      try train(SmallTraining.options { $0.mirrorsImages = mirrored }, data: data).weights
    }
    let lying = SmallTraining.images(10)
    #expect(try weights(lying, mirrored: true) == weights(lying, mirrored: false))
    let standing = lying.transposed
    #expect(try weights(standing, mirrored: true) != weights(standing, mirrored: false))
  }

  @Test func aMeanInContinuousTimeIsRefused() {
    #expect(throws: ConfigurationError.meanPredictionInContinuousTime) {
      try Trainer(
        SmallTraining.network(), learning: LearnedLogSNR(), prediction: .mean,
        data: SmallTraining.images(4), SmallTraining.options())
    }
  }

  @Test func stepsSayWhatTheyDid() throws {
    let trainer = try SmallTraining.trainer(
      SmallTraining.options { ($0.learningRate, $0.warmup) = (0.5, 2) })
    #expect(trainer.completed == 0 && trainer.imageCount == 10)
    let before = trainer.snapshot().weights
    let first = try trainer.step(of: 4)
    #expect(first.number == 1 && first.learningRate == 0 && first.gradientNorm > 0)
    #expect(trainer.snapshot().weights == before, "a rate of 0 moves nothing")
    let second = try trainer.step(of: 4)
    #expect(second.number == 2 && second.learningRate == 0.25 && trainer.completed == 2)
    #expect(trainer.snapshot().weights != before)
  }

  /// The average takes no part in the training, so that trainings without one have its weights.
  @Test func theModelIsTheAverageOfTheWeights() throws {
    func weights(steps: Int, decay: Double) throws -> [Float] {
      let trainer = try SmallTraining.trainer(
        SmallTraining.options { ($0.warmup, $0.averageDecay) = (0, decay) })
      for _ in 0..<steps { _ = try trainer.step(of: 9) }
      let file = try Safetensors(bytes: trainer.snapshot().weights, path: "weights")
      return try file.tensors.flatMap { try file.floats($0.name) }
    }
    let (first, second) = (try weights(steps: 1, decay: 0), try weights(steps: 2, decay: 0))
    #expect(first != second)
    #expect(try weights(steps: 1, decay: 0.999) == first)
    // The decay warms up: of the second step it is 2/11, unless less is asked for.
    for (decay, kept) in [(0.999, 2.0 / 11), (0.1, 0.1)] {
      let expected = zip(first, second).map { Float(kept * Double($0) + (1 - kept) * Double($1)) }
      let average = try weights(steps: 2, decay: decay)
      #expect(zip(average, expected).allSatisfy { abs($0 - $1) <= 1e-6 })
    }
  }

  /// The noise's variance is 1, so an output of 0 has the loss 1; a network that has memorised its four
  /// images is left with the noise of the first timesteps, which is too faint to predict.
  @Test func aFewImagesAreLearnedByHeart() throws {
    let data = SmallTraining.images(4)
    let trainer = try SmallTraining.trainer(
      SmallTraining.options(batch: 16) { $0.learningRate = 4e-3 }, data: data)
    let heldOut = HeldOutLoss(on: data, count: 100)
    func loss() -> HeldOutLoss.Measurement { heldOut(trainer.snapshot(), threads: 2) }
    let before = loss().mean
    for _ in 0..<250 { _ = try trainer.step(of: 250) }
    #expect(before > 0.7)
    #expect(loss().mean < 0.1, "\(loss())")
  }

  @Test func aTrainingThatDivergesSaysSoAndKeepsFiniteWeights() throws {
    let trainer = try SmallTraining.trainer(
      SmallTraining.options { ($0.learningRate, $0.warmup) = (1e6, 0) })
    var end: TrainingError?
    for _ in 0..<20 where end == nil {
      do throws(TrainingError) { _ = try trainer.step(of: 20) } catch { end = error }
    }
    let step = trainer.completed + 1
    let named = try SmallTraining.trainer(
      SmallTraining.options {
        ($0.learningRate, $0.warmup, $0.detectsAnomalies) = (1e6, 0, true)
      })
    var reason = ""
    for _ in 0..<20 where reason.isEmpty {
      do { _ = try named.step(of: 20) } catch { reason = "\(error)" }
    }
    #expect(reason.contains("first in the"), "\(reason)")
    #expect(end == .diverged(step: step, learningRate: 1e6))
    #expect(end?.description.contains("not finite at step \(step)") == true)
    let weights = try Safetensors(bytes: trainer.snapshot().weights, path: "weights")
    for tensor in weights.tensors {
      #expect(try weights.floats(tensor.name).allSatisfy { $0.isFinite }, "\(tensor.name)")
    }
  }
}
