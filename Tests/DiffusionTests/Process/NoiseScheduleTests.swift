import Diffusion
import Foundation
import TestSupport
import Testing

/// A schedule of a thousand timesteps, by NumPy in double precision: beta of the timesteps 1 and 2,
/// alphaBar of 251, 501, 751 and 1000, betaTilde of 2.
struct Golden {
  let shape: BetaSchedule
  let beta1, beta2, alphaBar251, alphaBar501, alphaBar751, alphaBar1000, betaTilde2: Double
}

private let goldens = [
  Golden(
    shape: .linear, beta1: 1e-4, beta2: 0.0001199199199199, alphaBar251: 0.5214230306185,
    alphaBar501: 0.07779665836502, alphaBar751: 0.003300158361569,
    alphaBar1000: 4.035829765376e-05, betaTilde2: 5.453187661302e-05),
  Golden(
    shape: .cosine, beta1: 4.128422482197e-05, beta2: 4.614175273665e-05,
    alphaBar251: 0.8458879864969, alphaBar501: 0.4922851724488, alphaBar751: 0.1431786464261,
    alphaBar1000: 2.428766907035e-09, betaTilde2: 2.178949614569e-05),
  Golden(
    shape: .quadratic, beta1: 1e-4, beta2: 0.0001026483643508, alphaBar251: 0.8200102359123,
    alphaBar501: 0.3312745795173, alphaBar751: 0.03814965737553,
    alphaBar1000: 0.0007334124595808, betaTilde2: 5.065600427403e-05),
  Golden(
    shape: .sigmoid, beta1: 0.000149205200817, beta2: 0.0001497983304193,
    alphaBar251: 0.9027989162246, alphaBar501: 0.2988876278468, alphaBar751: 0.005622918576075,
    alphaBar1000: 3.968181990533e-05, betaTilde2: 7.475617673137e-05),
]

/// Thirteen digits are given; the cosine's first betas lose four to cancellation in either program.
private func isClose(_ value: Double, _ expected: Double) -> Bool {
  abs(value - expected) <= 5e-12 * abs(expected)
}

@Test(arguments: goldens)
func tablesMatchNumPy(golden: Golden) throws {
  let schedule = try NoiseSchedule(golden.shape, timesteps: 1000)
  #expect(isClose(schedule.beta(Timestep(1)), golden.beta1))
  #expect(isClose(schedule.beta(Timestep(2)), golden.beta2))
  #expect(isClose(schedule.alphaBar(Timestep(251)), golden.alphaBar251))
  #expect(isClose(schedule.alphaBar(Timestep(501)), golden.alphaBar501))
  #expect(isClose(schedule.alphaBar(Timestep(751)), golden.alphaBar751))
  #expect(isClose(schedule.alphaBar(Timestep(1000)), golden.alphaBar1000))
  #expect(isClose(schedule.posteriorVariance(Timestep(2)), golden.betaTilde2))
}

@Test(arguments: BetaSchedule.allCases, [Tabulation.exact, .diffusers])
func alphaBarIsTheProductOfTheAlphas(shape: BetaSchedule, tabulation: Tabulation) throws {
  let schedule = try NoiseSchedule(
    shape, from: 1e-3, to: 0.2, timesteps: 100, tabulation: tabulation)
  var product = 1.0
  #expect(schedule.alphaBar(.zero) == 1)
  for t in schedule.timesteps {
    product *= schedule.alpha(t)
    // diffusers' entries and alphas are rounded to single precision: a hundred such roundings,
    // and more where the cosine's alpha of 0.001 is a rounded difference.
    let tolerance = tabulation == .exact ? 1e-15 : 4e-5
    #expect(abs(schedule.alphaBar(t) - product) <= tolerance * product, "timestep \(t)")
  }
}

@Test(arguments: BetaSchedule.allCases)
func signalToNoiseFalls(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 200)
  #expect(schedule.signalToNoise(.zero) == .infinity)
  for t in schedule.timesteps {
    #expect(schedule.signalToNoise(t) < schedule.signalToNoise(t.advanced(by: -1)))
  }
}

/// alphaBar_T and the prior's bits for images with a mean square of 0.925, when the ends of beta
/// are not scaled with T (computed with NumPy).
@Test(arguments: [
  (50, 0.602951597329715, 0.6336862786727985), (100, 0.3635632480554922, 0.30628631460573796),
  (250, 0.07970254434466752, 0.05560193503458376),
  (500, 0.006352710797015061, 0.004253441395813015),
])
func unscaledBetasLeaveTheImageVisible(timesteps: Int, alphaBar: Double, bits: Double) throws {
  let schedule = try NoiseSchedule(
    .linear, from: 1e-4, to: 0.02, timesteps: timesteps)
  #expect(isClose(schedule.alphaBar(schedule.last), alphaBar))
  #expect(isClose(schedule.priorBitsPerDimension(meanSquare: 0.925), bits))
}

@Test(arguments: BetaSchedule.allCases, [50, 100, 200, 1000, 4000])
func theUsualParametersHideTheImageForAnyT(shape: BetaSchedule, timesteps: Int) throws {
  let schedule = try NoiseSchedule(shape, timesteps: timesteps)
  // The quadratic schedule leaves most, 7e-4 of the variance.
  #expect(schedule.priorBitsPerDimension(meanSquare: 0.925) < 6e-4)
}

@Test func impossibleSchedulesAreRefusedInOneLine() throws {
  let attempts: [(() throws -> NoiseSchedule, ScheduleError)] = [
    ({ try NoiseSchedule(.cosine, timesteps: 1) }, .timesteps(1)),
    ({ try NoiseSchedule(.cosine, timesteps: 1_000_001) }, .timesteps(1_000_001)),
    ({ try NoiseSchedule(betas: [0.1]) }, .timesteps(1)),
    ({ try NoiseSchedule(betas: [0.1, 1]) }, .beta(1, at: Timestep(2), of: 2)),
    ({ try NoiseSchedule(betas: [0, 0.1]) }, .beta(0, at: Timestep(1), of: 2)),
    ({ try NoiseSchedule(betas: [1e-20, 0.1]) }, .beta(1e-20, at: Timestep(1), of: 2)),
    ({ try NoiseSchedule(betas: [0.1, -0.1]) }, .beta(-0.1, at: Timestep(2), of: 2)),
    (
      { try NoiseSchedule(.linear, from: 0.9, to: 0.9, timesteps: 100) },
      .signalLost(at: Timestep(38), of: 100)
    ),
    ({ try NoiseSchedule(.linear, timesteps: 20) }, .beta(1, at: Timestep(20), of: 20)),
  ]
  for (make, expected) in attempts {
    let error = #expect(throws: ScheduleError.self) { try make() }
    #expect(error == expected)
    #expect(error?.description.contains("\n") == false)
  }
  #expect(throws: ScheduleError.self) {
    try NoiseSchedule(betas: [.nan, 0.1])
  }
}

@Test func tooFewLinearTimestepsNameTheWayOut() throws {
  for timesteps in [2, 10, 20] {
    let error = #expect(throws: ScheduleError.self) {
      try NoiseSchedule(.linear, timesteps: timesteps)
    }
    #expect(error?.description.contains("cosine") == true)
    #expect(throws: Never.self) { try NoiseSchedule(.cosine, timesteps: timesteps) }
  }
  #expect(throws: Never.self) { try NoiseSchedule(.linear, timesteps: 21) }
}
