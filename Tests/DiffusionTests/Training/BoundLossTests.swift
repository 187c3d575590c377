// The bound as an objective: the terms that the evaluation measures, and their gradients.

import Foundation
import Kernels
import TestSupport
import Testing

@testable import Diffusion

/// An example of a few values with outputs that are not particularly good.
private struct Probe {
  static let count = 5
  let x0 = FloatMemory([-1, 1, 0.2 * 255 / 255, -127 / 255, 0.5])
  let noise = FloatMemory([0.3, -1.2, 0.8, 0.05, -0.4])
  let xt = FloatMemory(count: count)
  let target = FloatMemory(count: count)
  let gradient = FloatMemory(count: count)
  let varianceGradient = FloatMemory(count: count)
  let schedule: NoiseSchedule
  let prediction: Prediction
  let t: Timestep
  var output: [Float]
  var variance: [Float] = [-0.8, 0.4, 1.3, -1.2, 0]

  init(_ prediction: Prediction, at t: Int, in schedule: NoiseSchedule) {
    (self.prediction, self.t, self.schedule) = (prediction, Timestep(t), schedule)
    schedule.noised(at: self.t).apply(x0: x0.all, noise: noise.all, into: xt.all)
    let mix = prediction.target(at: self.t, in: schedule)
    let (x0, noise) = (x0.all, noise.all)
    output = (0..<Probe.count).map { i in
      Float(mix.x0Weight) * x0[i] + Float(mix.noiseWeight) * noise[i]
        + 0.02 * Float(i - 2)
    }
  }

  /// The estimates of x0, in double precision.
  var estimates: [Double] {
    let estimate = prediction.estimate(of: .sample, at: t, in: schedule)
    return (0..<Probe.count).map {
      estimate.xtWeight * Double(xt.all[$0]) + estimate.outputWeight * Double(output[$0])
    }
  }

  /// The loss per value, and in `gradient` its derivatives.
  func evaluate(_ objective: some Objective, learnsVariance: Bool) -> Double {
    let (out, v) = (FloatMemory(output), FloatMemory(variance))
    return withExtendedLifetime((out, v)) { evaluate(objective, out.all, v.all, learnsVariance) }
  }

  private func evaluate(
    _ objective: some Objective, _ out: Floats, _ v: Floats, _ learnsVariance: Bool
  ) -> Double {
    var example = Example(
      t, x0: x0.all, noise: noise.all, xt: xt.all, output: out, target: target.all,
      gradient: gradient.all,
      variance: learnsVariance ? (v, varianceGradient.all) : nil,
      scale: 1 / Float(Probe.count), prediction: prediction, schedule: schedule, loss: 0)
    objective.evaluate(&example)
    return example.loss / Double(Probe.count)
  }
}

@Suite struct BoundLossTests {
  private static func schedule() throws -> NoiseSchedule {
    try NoiseSchedule(.linear, timesteps: 40)
  }

  /// The mean over the timesteps is the bound but for the prior, on the same images and noise.
  @Test(arguments: Prediction.allCases, PosteriorVariance.allCases)
  func theMeanOverTheTimestepsIsTheBound(
    prediction: Prediction, variance: PosteriorVariance
  ) throws {
    let schedule = try Self.schedule()
    let bound = VariationalBound(schedule: schedule, variance: .fixed(variance))
    var (loss, bits) = (0.0, 0.0)
    for t in 1...40 {
      let probe = Probe(prediction, at: t, in: schedule)
      loss += probe.evaluate(BoundLoss(variance: variance), learnsVariance: false) / 40
      let estimates = probe.estimates
      let errors = estimates.indices.map { Double(probe.x0.all[$0]) - estimates[$0] }
      let squares = errors.reduce(0) { $0 + $1 * $1 } / Double(Probe.count)
      let means = FloatMemory(estimates.map { Float($0) })
      bits += withExtendedLifetime(means) {
        t == 1
          ? bound.decoder(probe.x0.all, estimates: means.all)
          : bound.term(at: Timestep(t), squaredError: squares)
      }
    }
    #expect(abs(loss - bits) < 1e-5 * bits, "\(loss), \(bits)")
  }

  @Test(arguments: Prediction.allCases)
  func aLearnedVariancesMeanIsTheBound(prediction: Prediction) throws {
    let schedule = try Self.schedule()
    let bound = VariationalBound(schedule: schedule, variance: .learned)
    for t in [1, 2, 9, 40] {
      let probe = Probe(prediction, at: t, in: schedule)
      let loss = probe.evaluate(BoundLoss(), learnsVariance: true)
      let estimates = FloatMemory(probe.estimates.map { Float($0) })
      let variances = FloatMemory(probe.variance)
      let bits = withExtendedLifetime((estimates, variances)) {
        bound.learnedTerm(
          at: Timestep(t), probe.x0.all, estimates: estimates.all, variances.all)
      }
      #expect(abs(loss - 40 * bits) < 1e-5 * abs(40 * bits) + 1e-6, "\(loss), \(40 * bits) at \(t)")
    }
  }

  /// The network's variances at -1 and 1 are DDPM's two.
  @Test func atItsEndsALearnedVarianceIsFixed() throws {
    let schedule = try Self.schedule()
    for (v, variance) in [(Float(-1), PosteriorVariance.small), (1, .large)] {
      var probe = Probe(.velocity, at: 7, in: schedule)
      probe.variance = Array(repeating: v, count: Probe.count)
      let learned = probe.evaluate(BoundLoss(), learnsVariance: true)
      let learnedGradient = probe.gradient.array
      let fixed = probe.evaluate(BoundLoss(variance: variance), learnsVariance: false)
      #expect(abs(learned - fixed) < 1e-5 * abs(fixed))
      for (a, b) in zip(learnedGradient, probe.gradient.array) {
        #expect(abs(a - b) < 1e-4 * abs(b) + 1e-6)
      }
    }
  }

  /// Derivatives with respect to both outputs against central differences.
  @Test(arguments: [1, 2, 6, 40], [false, true])
  func gradientsAreTheDifferences(t: Int, learnsVariance: Bool) throws {
    let schedule = try Self.schedule()
    let width: Float = 1e-3
    for prediction in Prediction.allCases {
      let probe = Probe(prediction, at: t, in: schedule)
      _ = probe.evaluate(BoundLoss(), learnsVariance: learnsVariance)
      let (slopes, varianceSlopes) = (probe.gradient.array, probe.varianceGradient.array)
      func difference(_ change: (inout Probe, Float) -> Void) -> Double {
        var (less, more) = (probe, probe)
        change(&less, -width)
        change(&more, width)
        return
          (more.evaluate(BoundLoss(), learnsVariance: learnsVariance)
          - less.evaluate(BoundLoss(), learnsVariance: learnsVariance)) / Double(2 * width)
      }
      let largest = slopes.map(abs).max() ?? 0
      for i in 0..<Probe.count {
        let wanted = difference { $0.output[i] += $1 }
        #expect(
          abs(Double(slopes[i]) - wanted) < 5e-3 * Double(largest) + 2e-3,
          "\(prediction) \(i): \(slopes[i]), \(wanted)")
        guard learnsVariance else { continue }
        let wantedVariance = difference { $0.variance[i] += $1 }
        #expect(
          abs(Double(varianceSlopes[i]) - wantedVariance) < 5e-3 * abs(wantedVariance) + 5e-3,
          "\(prediction) \(i): \(varianceSlopes[i]), \(wantedVariance)")
      }
    }
  }

  /// The mean's gradient is L_simple's; the variance's is T/1000 of the bound's per timestep.
  @Test func theHybridsBoundMovesTheVarianceAlone() throws {
    let schedule = try Self.schedule()
    let probe = Probe(.noise, at: 9, in: schedule)
    let simple = probe.evaluate(SimpleLoss(), learnsVariance: true)
    let slopes = probe.gradient.array
    let bound = probe.evaluate(BoundLoss(), learnsVariance: true)
    let varianceSlopes = probe.varianceGradient.array
    let hybrid = probe.evaluate(HybridLoss(), learnsVariance: true)
    #expect(probe.gradient.array == slopes)
    // T · L_{t-1} is the bound's; 0.001 of it is (T/1000) L_{t-1}.
    #expect(abs(hybrid - simple - 0.001 * bound) < 1e-9)
    for (own, whole) in zip(probe.varianceGradient.array, varianceSlopes) {
      #expect(abs(own - 0.001 * whole) < 1e-4 * abs(whole))
    }
  }

  // MARK: - Weights

  private struct Weights: Decodable {
    struct Table: Decodable {
      let t: [Int]
      let f64: [String: [Double?]]
    }
    let linear, cosine: Table
  }

  @Test(.needsFixtures) func weightsAreThoseOfTheReference() throws {
    let weights = try JSONDecoder().decode(
      Weights.self, from: Data(contentsOf: Fixtures.url("solvers/weights.json")))
    for (table, shape) in [(weights.linear, BetaSchedule.linear), (weights.cosine, .cosine)] {
      let schedule = try NoiseSchedule(shape, timesteps: 1000)
      for (place, number) in table.t.enumerated() {
        let t = Timestep(number)
        func check(_ name: String, _ value: Double) throws {
          guard let wanted = try #require(table.f64[name])[place] else { return }
          #expect(abs(value - wanted) < 1e-6 * abs(wanted), "\(name) at \(t) of \(shape)")
        }
        for (prediction, name) in [
          (Prediction.noise, "noise"), (.sample, "sample"), (.velocity, "velocity"),
        ] {
          try check("min_snr_\(name)", TimestepWeight.minSNR(of: prediction, at: t, in: schedule))
          try check("p2_\(name)", TimestepWeight.p2(of: prediction, at: t, in: schedule))
        }
        guard number > 1 else { continue }
        for (name, variance) in [("vlb_small", PosteriorVariance.small), ("vlb_large", .large)] {
          try check(name, Self.weight(of: BoundLoss(variance: variance), at: number, in: schedule))
        }
      }
    }
  }

  /// What an objective makes, in nats and of one timestep, of a predicted noise that is wrong by 1 in every
  /// value.
  private static func weight(of loss: BoundLoss, at t: Int, in schedule: NoiseSchedule) -> Double {
    var probe = Probe(.noise, at: t, in: schedule)
    func nats(error: Float) -> Double {
      probe.output = probe.noise.array.map { $0 + error }
      return probe.evaluate(loss, learnsVariance: false) * log(2)
        / Double(schedule.last.value)
    }
    return nats(error: 1) - nats(error: 0)
  }
}
