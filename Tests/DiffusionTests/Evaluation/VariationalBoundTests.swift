import Diffusion
import Foundation
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
