import Diffusion
import Foundation
import TestSupport
import Testing

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
    let timesteps = try spacing.timesteps(grid.steps, of: Timestep(grid.last))
    #expect(timesteps.map(\.index) == grid.timesteps, "\(grid.spacing) \(grid.steps)")
  }
}

/// Half-way cases, which NumPy rounds to even: `numpy.round(numpy.arange(1000, 0, -12.5)) - 1`
/// and `numpy.linspace(0, 1000, 17).round()`.
@Test func halvesAreRoundedToEven() throws {
  let trailing = try StepSpacing.trailing.timesteps(80, of: Timestep(1000))
  #expect(trailing.prefix(4).map(\.index) == [999, 987, 974, 961])
  let linspace = try StepSpacing.linspace.timesteps(17, of: Timestep(1001))
  #expect(linspace.suffix(4).map(\.index) == [188, 125, 62, 0])
}

/// A stride of 20.83 reaches half-way cases only up to rounding, where NumPy's own rounding counts:
/// `numpy.round(numpy.arange(1000, 0, -1000 / 48)) - 1`.
@Test func strideRoundingFollowsNumPy() throws {
  let grid = try StepSpacing.trailing.timesteps(48, of: Timestep(1000))
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
        let grid = try spacing.timesteps(steps, of: Timestep(count))
        #expect(grid.count == steps)
        #expect(grid.allSatisfy { $0 >= Timestep(1) && $0 <= Timestep(count) })
        #expect(zip(grid, grid.dropFirst()).allSatisfy { $0 > $1 }, "\(steps) of \(count)")
      } catch SamplingError.uneven {
        #expect(spacing == .uniform && count % steps != 0)
      } catch SamplingError.repeated {
        #expect(spacing == .quadratic && steps * steps > count)
      }
    }
  }
}

@Test(arguments: StepSpacing.allCases.filter { $0 != .quadratic })
func asManyStepsAsTimestepsVisitThemAll(spacing: StepSpacing) throws {
  let grid = try spacing.timesteps(1000, of: Timestep(1000))
  #expect(grid.map(\.value) == Array((1...1000).reversed()))
}

@Test func quadraticStepsGrowFromTheImageToPureNoise() throws {
  let grid = try StepSpacing.quadratic.timesteps(10, of: Timestep(1000))
  #expect(grid.map(\.value) == [1000, 810, 640, 490, 360, 250, 160, 90, 40, 10])
}

@Test(arguments: [
  (StepSpacing.trailing, 1001, SamplingError.steps(1001, of: 1000), "take 1 to 1000"),
  (.leading, 0, .steps(0, of: 1000), "take 1 to 1000"),
  (.linspace, -3, .steps(-3, of: 1000), "take 1 to 1000"),
  (.uniform, 300, .uneven(steps: 300, of: 1000), "divides 1000"),
  (.quadratic, 32, .repeated(steps: 32, of: 1000), "at most 31 steps"),
])
func impossibleGridsNameTheWayOut(
  spacing: StepSpacing, steps: Int, expected: SamplingError, advice: String
) {
  let error = #expect(throws: SamplingError.self) {
    try spacing.timesteps(steps, of: Timestep(1000))
  }
  #expect(error == expected)
  #expect(error?.description.contains(advice) == true)
  #expect(error?.description.contains("\n") == false)
}
