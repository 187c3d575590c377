import Diffusion
import Foundation
import Kernels
import Testing

private func bound(
  _ family: BetaSchedule, _ timesteps: Int, _ variance: ReverseVariance = .small
) throws -> VariationalBound {
  VariationalBound(
    schedule: try NoiseSchedule(family, timesteps: timesteps), variance: variance)
}

/// MNIST's background costs these bits a pixel under a perfect clipped estimate:
/// -log2 Φ((1/255) / √betaTilde_2).
@Test(arguments: [
  (BetaSchedule.linear, 1000, 0.510), (.cosine, 1000, 0.323), (.cosine, 4000, 0.059),
  (.linear, 200, 0.773),
])
func blackPixelsHaveAFloor(family: BetaSchedule, timesteps: Int, bits: Double) throws {
  let black = Images(
    size: ImageSize(height: 4, width: 4, channels: 1), values: Array(repeating: -1, count: 32))
  let decoder = try bound(family, timesteps).decoder(black, estimates: black)
  #expect(abs(decoder - bits) < 5e-4)
}

@Test func theSmallVariancesTermIsTheErrorAlone() throws {
  let bound = try bound(.linear, 1000)
  for t in bound.schedule.timesteps.dropFirst() {
    #expect(bound.term(at: t, squaredError: 0) == 0)
    let (one, two) = (bound.term(at: t, squaredError: 1), bound.term(at: t, squaredError: 2))
    #expect(one > 0 && abs(two / one - 2) < 1e-12)
  }
}

/// The weight of the noise's squared error, β² / (2 σ² α (1 - ᾱ)) (DDPM Eq. 12), in nats; 0-based
/// timesteps 10, 100, 500 and 999 of the linear schedule with the large variance.
@Test(arguments: [(11, 0.068), (101, 0.010), (501, 0.0055), (1000, 0.0102)])
func theTermWeighsNoiseAsEquation12(timestep: Int, weight: Double) throws {
  let bound = try bound(.linear, 1000, .large)
  let (schedule, t) = (bound.schedule, Timestep(timestep))
  let beta = schedule.beta(t)
  let formula = beta / (2 * schedule.alpha(t) * (1 - schedule.alphaBar(t)))
  // An error of 1 in the noise is one of (1 - ᾱ)/ᾱ in x0.
  let nats =
    M_LN2
    * (bound.term(at: t, squaredError: 1 / schedule.signalToNoise(t))
      - bound.term(at: t, squaredError: 0))
  #expect(abs(nats / formula - 1) < 1e-9)
  #expect(abs(nats - weight) < 5e-4)
}

@Test func theTermIsTheDivergenceOfTwoGaussians() throws {
  for variance in PosteriorVariance.allCases {
    let bound = try bound(.cosine, 100, .fixed(variance))
    for t in bound.schedule.timesteps.dropFirst() {
      let posterior = bound.schedule.posterior(from: t, to: t.advanced(by: -1))
      // ½(-1 + ln v2 - ln v1 + v1/v2 + (m1 - m2)²/v2) of the posterior and the model.
      let (v1, v2) = (posterior.variance(.small), posterior.variance(variance))
      let (m1, m2) = (posterior.x0Weight * 0.8, posterior.x0Weight * 0.5)
      let nats = (-1 + log(v2) - log(v1) + v1 / v2 + (m1 - m2) * (m1 - m2) / v2) / 2
      let term = bound.term(at: t, squaredError: 0.3 * 0.3)
      #expect(abs(term - nats / M_LN2) < 1e-12 * (1 + abs(term)), "timestep \(t)")
    }
  }
}

@Test func thePriorTermIsTheSchedules() throws {
  let bound = try bound(.linear, 1000)
  #expect(abs(bound.prior(meanSquare: 0.925) - 2.7e-5) < 5e-7)
  // Images as loud as noise: to first order ᾱ/2 nats are left.
  let alphaBar = bound.schedule.alphaBar(bound.schedule.last)
  #expect(abs(bound.prior(meanSquare: 1) / (alphaBar / 2 / M_LN2) - 1) < 1e-4)
}

/// A network's output of -1 is betaTilde and of 1 beta, for a term and for the decoder.
@Test(arguments: [(Float(-1), ReverseVariance.small), (1, .large)])
func theEndsOfALearnedVarianceAreDDPMs(output: Float, variance: ReverseVariance) throws {
  let (learned, fixed) = (
    try bound(.linear, 100, .learned), try bound(.linear, 100, variance)
  )
  let x0 = FloatMemory((0..<16).map { Float($0 * 16) / 127.5 - 1 })
  let estimate = FloatMemory(x0.array.map { $0 + 0.1 })
  let outputs = FloatMemory(Array(repeating: output, count: 16))
  for t in learned.schedule.timesteps.dropFirst() {
    let found = learned.learnedTerm(at: t, x0.all, estimates: estimate.all, outputs.all)
    #expect(abs(found / fixed.term(at: t, squaredError: 0.01) - 1) < 1e-5, "timestep \(t)")
  }
  let decoder = learned.learnedTerm(
    at: Timestep(1), x0.all, estimates: estimate.all, outputs.all)
  if variance == .small {
    #expect(abs(decoder / fixed.decoder(x0.all, estimates: estimate.all) - 1) < 1e-9)
  } else {
    #expect(decoder.isFinite && decoder > 0)
  }
}

/// However far a network's output leaves [-1, 1], a term is finite or infinite, but a number.
@Test(arguments: [Float(-300), -20, 20, 300])
func aLearnedVarianceFarOutIsANumber(output: Float) throws {
  let learned = try bound(.linear, 100, .learned)
  let (x0, outputs) = (
    FloatMemory([Float](repeating: 0, count: 4)), FloatMemory(Array(repeating: output, count: 4))
  )
  for t in [2, 50, 100].map({ Timestep($0) }) {
    #expect(!learned.learnedTerm(at: t, x0.all, estimates: x0.all, outputs.all).isNaN)
  }
}

/// With no variance of the image the optimal one is betaTilde; with an error of that size the term is
/// the least that any variance has.
@Test func theOptimalVarianceHasTheLeastTerm() throws {
  let schedule = try NoiseSchedule(.cosine, timesteps: 100)
  func bound(_ v: Double) -> VariationalBound {
    VariationalBound(
      schedule: schedule,
      variance: .optimal(ImageVariance(schedule.timesteps.map { _ in v })))
  }
  for t in schedule.timesteps.dropFirst() {
    let small = VariationalBound(schedule: schedule, variance: .small)
    #expect(bound(0).term(at: t, squaredError: 0.2) == small.term(at: t, squaredError: 0.2))
    let terms = [0.05, 0.19, 0.2, 0.21, 0.8].map { bound($0).term(at: t, squaredError: 0.2) }
    #expect(terms.min() == terms[2], "timestep \(t)")
  }
  let pixels = FloatMemory((0..<16).map { Float($0 * 16) / 127.5 - 1 })
  #expect(bound(0).decoder(pixels.all, estimates: pixels.all).isFinite)
}
