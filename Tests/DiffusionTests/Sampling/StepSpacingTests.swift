import Diffusion
import Foundation
import TestSupport
import Testing

/// A process of T timesteps.
private func schedule(_ count: Int) throws -> NoiseSchedule {
  try NoiseSchedule(.cosine, timesteps: count)
}

private struct StoredGrid: Decodable {
  let spacing: String
  let last, steps, offset: Int
  let timesteps: [Int]

  enum CodingKeys: String, CodingKey {
    case spacing, timesteps
    case last = "T"
    case steps = "S"
    case offset = "steps_offset"
  }
}

@Test(.needsFixtures) func gridsMatchDiffusers() throws {
  let data = try Data(contentsOf: Fixtures.url("sched/timesteps.json"))
  let grids = try JSONDecoder().decode([StoredGrid].self, from: data)
  #expect(grids.count == 12)
  for grid in grids {
    #expect(grid.offset == 0)
    let spacing = try #require(StepSpacing(rawValue: grid.spacing))
    let timesteps = try spacing.timesteps(grid.steps, of: schedule(grid.last))
    #expect(timesteps.map(\.index) == grid.timesteps, "\(grid.spacing) \(grid.steps)")
  }
}

/// Half-way cases, which NumPy rounds to even: `numpy.round(numpy.arange(1000, 0, -12.5)) - 1`
/// and `numpy.linspace(0, 1000, 17).round()`.
@Test func halvesAreRoundedToEven() throws {
  let trailing = try StepSpacing.trailing.timesteps(80, of: schedule(1000))
  #expect(trailing.prefix(4).map(\.index) == [999, 987, 974, 961])
  let linspace = try StepSpacing.linspace.timesteps(17, of: schedule(1001))
  #expect(linspace.suffix(4).map(\.index) == [188, 125, 62, 0])
}

/// A stride of 20.83 reaches half-way cases only up to rounding, where NumPy's own rounding counts:
/// `numpy.round(numpy.arange(1000, 0, -1000 / 48)) - 1`.
@Test func strideRoundingFollowsNumPy() throws {
  let grid = try StepSpacing.trailing.timesteps(48, of: schedule(1000))
  #expect(
    grid.map(\.index) == [
      999, 978, 957, 936, 916, 895, 874, 853, 832, 811, 791, 770, 749, 728, 707, 686, 666, 645, 624,
      603, 582, 561, 541, 520, 499, 478, 457, 436, 416, 395, 374, 353, 332, 311, 291, 270, 249, 228,
      207, 186, 166, 145, 124, 103, 82, 61, 41, 20,
    ])
}

@Test(arguments: StepSpacing.allCases)
func aSpacingGivesExactlyTheStepsOrSaysWhyNot(spacing: StepSpacing) throws {
  for count in [2, 7, 100, 1000] {
    for steps in 1...count {
      do {
        let grid = try spacing.timesteps(steps, of: schedule(count))
        #expect(grid.count == steps)
        #expect(grid.allSatisfy { $0 >= Timestep(1) && $0 <= Timestep(count) })
        #expect(zip(grid, grid.dropFirst()).allSatisfy { $0 > $1 }, "\(steps) of \(count)")
      } catch SamplingError.uneven {
        #expect(spacing == .uniform && count % steps != 0)
      }
    }
  }
}

@Test(arguments: StepSpacing.allCases)
func asManyStepsAsTimestepsVisitThemAll(spacing: StepSpacing) throws {
  let grid = try spacing.timesteps(1000, of: schedule(1000))
  #expect(grid.map(\.value) == Array((1...1000).reversed()))
}

/// φ = arccos √ᾱ of the cosine schedule, whose squares are even (NumPy).
@Test func angleStepsAreDenseWhereTheNoiseIsStrong() throws {
  #expect(
    try StepSpacing.angle.timesteps(10, of: schedule(1000)).map(\.value)
      == [1000, 948, 894, 835, 773, 705, 630, 544, 443, 311])
  #expect(
    try StepSpacing.angle.timesteps(5, of: schedule(1000)).map(\.value) == [
      1000, 894, 773, 630, 443,
    ])
}

@Test func quadraticStepsGrowFromTheImageToPureNoise() throws {
  let grid = try StepSpacing.quadratic.timesteps(10, of: schedule(1000))
  #expect(grid.map(\.value) == [1000, 810, 640, 490, 360, 250, 160, 90, 40, 10])
}

/// i²/10, which the authors' code rounds down to 0 three times.
@Test func quadraticStepsThatLieTooCloseFollowEachOther() throws {
  let grid = try StepSpacing.quadratic.timesteps(100, of: schedule(1000)).map(\.value)
  #expect(grid.suffix(12) == [14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  #expect(grid.prefix(3) == [1000, 980, 960])
}

/// Five of Karras' sigmas from 80 to 0.002 (Karras et al. 2022, Eq. 5), on a process whose σ̂ has them.
@Test func karrasStepsHaveThePapersSigmas() throws {
  let sigmas = [80, 17.527832, 2.515219, 0.169753, 0.002]
  // Five more timesteps that are not wanted, between the wanted ones.
  let between = zip(sigmas, sigmas.dropFirst()).map { ($0 * $1).squareRoot() }
  let all = (sigmas + between).sorted()
  let alphaBars = all.map { 1 / (1 + $0 * $0) }
  let betas = zip([1] + alphaBars, alphaBars).map { 1 - $1 / $0 }
  let schedule = try NoiseSchedule(betas: betas)
  #expect(try StepSpacing.karras.timesteps(5, of: schedule).map(\.value) == [9, 7, 5, 3, 1])
}

@Test func logSNRStepsAreEvenInLogSNR() throws {
  let schedule = try schedule(1000)
  let grid = try StepSpacing.logsnr.timesteps(10, of: schedule)
  #expect(grid.first == schedule.last && grid.last == Timestep(1))
  let values = grid.map(schedule.logSNR)
  let step = (values[9] - values[0]) / 9
  for (place, value) in values.enumerated() {
    // Near T of the cosine the timesteps lie further apart than the steps: no timestep is visited twice.
    let target = values[0] + Double(place) * step
    let neighbours = [grid[place].value - 1, grid[place].value + 1].map { Timestep($0) }
      .filter { $0 > .zero && $0 <= schedule.last && !grid.contains($0) }.map(schedule.logSNR)
    #expect(neighbours.allSatisfy { abs($0 - target) >= abs(value - target) })
  }
}

@Test(arguments: [
  (StepSpacing.trailing, 1001, SamplingError.steps(1001, of: 1000), "take 1 to 1000"),
  (.leading, 0, .steps(0, of: 1000), "take 1 to 1000"),
  (.linspace, -3, .steps(-3, of: 1000), "take 1 to 1000"),
  (.uniform, 300, .uneven(steps: 300, of: 1000), "divides 1000"),
])
func impossibleGridsNameTheWayOut(
  spacing: StepSpacing, steps: Int, expected: SamplingError, advice: String
) {
  let error = #expect(throws: SamplingError.self) {
    try spacing.timesteps(steps, of: schedule(1000))
  }
  #expect(error == expected)
  #expect(error?.description.contains(advice) == true)
  #expect(error?.description.contains("\n") == false)
}
