// Training with a learned schedule: the loss that VDM's bound has, and the same bytes however it runs.

import Foundation
import Kernels
import TestSupport
import Testing

@testable import Diffusion

@Suite struct ContinuousTrainingTests {
  private func trainer(
    threads: Int = 2, batch: Int = 19, fourierFeatures: [Int] = [7, 8]
  ) throws -> Trainer {
    var network = SmallTraining.network()
    network.fourierFeatures = fourierFeatures
    return try Trainer(
      network, learning: LearnedLogSNR(), prediction: .velocity, data: SmallTraining.images(10),
      SmallTraining.options(batch: batch, threads: threads))
  }

  /// Between two moments the discrete bound is expm1(γ_t - γ_s)/2 ‖ε - ε̂‖² (Kingma et al. 2021, Eq. 14).
  @Test func theDiscreteTermsAreThoseOfTheBound() throws {
    let schedule = try LearnedLogSNR().table(timesteps: 40)
    let bound = VariationalBound(schedule: schedule, variance: .small)
    for t in 2...40 {
      let (here, before) = (Timestep(t), Timestep(t - 1))
      let squaredError = 0.3
      let noise = schedule.signalToNoise(here) * squaredError
      let difference = 2 * (schedule.logSNR(before) - schedule.logSNR(here))
      let expected = expm1(difference) / 2 * noise / M_LN2
      let term = bound.term(at: here, squaredError: squaredError)
      #expect(abs(term - expected) < 1e-9 * expected, "t = \(t)")
    }
  }

  /// With ever more timesteps the terms become γ' times the objective's loss.
  @Test(arguments: [Prediction.velocity, .noise, .sample])
  func theLossIsTheLimitOfTheTerms(prediction: Prediction) throws {
    let (logSNR, count) = (LearnedLogSNR(), 20_000)
    let schedule = try logSNR.table(timesteps: count)
    let bound = VariationalBound(schedule: schedule, variance: .small)
    for t in [2000, 9000, 17_000] {
      let step = Timestep(t)
      let offset: Float = 0.01
      let (x0, noise) = (FloatMemory([0.2, -1, 0.7]), FloatMemory([0.3, -1.1, 0.4]))
      let xt = FloatMemory(count: 3)
      let (target, gradient) = (FloatMemory(count: 3), FloatMemory(count: 3))
      let mix = prediction.target(at: step, in: schedule)
      let output = FloatMemory(count: 3)
      withExtendedLifetime((x0, noise, xt, target, gradient, output)) {
        schedule.noised(at: step).apply(x0: x0.all, noise: noise.all, into: xt.all)
        mix.apply(x0: x0.all, noise: noise.all, into: output.all)
        for i in 0..<3 { output.all[i] += offset }
        var example = Example(
          step, x0: x0.all.slice(0, 3), noise: noise.all.slice(0, 3), xt: xt.all.slice(0, 3),
          output: output.all.slice(0, 3), target: target.all.slice(0, 3),
          gradient: gradient.all.slice(0, 3), scale: 1, prediction: prediction,
          schedule: schedule, loss: 0)
        ContinuousLoss().evaluate(&example)
        let slope = logSNR(Double(t - 1) / Double(count - 1)).slope
        let image = prediction.squaredImageSlope(at: step, in: schedule) * Double(offset * offset)
        let discrete = Double(count) * bound.term(at: step, squaredError: image)
        #expect(
          abs(slope * example.loss / 3 - discrete) < 2e-3 * discrete,
          "\(prediction) at \(t): \(slope * example.loss / 3), \(discrete)")
      }
    }
  }

  @Test func aBatchSpreadsEvenlyOverTime() throws {
    let process = ContinuousProcess(LearnedLogSNR(), EndTerms(meanSquare: 1, edgeShare: 1))
    let times = process.times(4, chance: 0.5).map(\.index)
    #expect(zip(times, [124.875, 374.625, 624.375, 874.125]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(process.times(1, chance: 0.999_999).count == 1)
  }

  /// With as little noise as a schedule may begin with, single precision does not see the first betas.
  @Test(arguments: [-15.0, -13.3, -10])
  func everyTableIsOpenedAgain(first: Double) throws {
    let table = try LearnedLogSNR(first: first, last: 12).table()
    let model = try constantModel(
      0, prediction: .velocity, clipRange: 1, timesteps: 1000,
      betas: table.timesteps.map(table.beta))
    for t in table.timesteps {
      let (noise, opened) = (1 - table.alphaBar(t), 1 - model.schedule.alphaBar(t))
      #expect(abs(noise - opened) < 1e-9 * noise)
    }
  }

  @Test func anyThreadsAndAnyInterruptionGiveTheSameBytes() throws {
    try withTemporaryFolder { folder in
      let straight = try trainer()
      var losses: [Double] = []
      for _ in 0..<6 { losses.append(try straight.step(of: 6).loss) }
      var cut = try trainer(threads: 1)
      for step in 0..<6 {
        try cut.saveState(to: folder)
        cut = try trainer(threads: 1 + step % 3)
        try cut.resume(from: folder)
        #expect(try cut.step(of: 6).loss == losses[step])
      }
      #expect(cut.snapshot().weights == straight.snapshot().weights)
      #expect(cut.continuous?.logSNR == straight.continuous?.logSNR)
      let plain = try SmallTraining.trainer()
      try plain.saveState(to: folder)
      #expect(throws: FileError.self) { try straight.resume(from: folder) }
    }
  }

  /// The schedule moves once every part of it has had its losses, and the table of the model with it.
  @Test func networkAndScheduleAreLearned() throws {
    let trainer = try trainer(batch: 40, fourierFeatures: [])
    let losses = try (0..<200).map { _ in try trainer.step(of: 200).loss }
    let (first, last) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
    #expect(last < 0.7 * first, "\(first / 10) to \(last / 10)")
    let logSNR = try #require(trainer.continuous?.logSNR)
    #expect(logSNR != LearnedLogSNR() && logSNR.first != -13.3)
    let model = trainer.snapshot()
    let table = try logSNR.table()
    #expect(model.schedule == trainer.schedule && model.schedule == table)
    try withTemporaryFolder { folder in
      try model.save(to: folder)
      let opened = try DiffusionModel(folder: folder)
      #expect(opened.weights == model.weights)
    }
  }
}
