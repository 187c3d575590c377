// RePaint: what is shown stays, what is hidden is DDPM's, and the path goes back as the paper's does.

import TestSupport
import Testing

@testable import Diffusion

@Suite struct RePaintTests {
  private static let size = SmallTraining.size
  private static let known = Images(SmallTraining.images(5))

  private func model() throws -> DiffusionModel { try untrainedModel(timesteps: 60) }

  private func sample(
    _ sampler: any Sampler, along path: [Timestep], threads: Int = 2, batch: Int? = nil
  ) throws -> Images {
    var options = SamplingOptions(threads: threads)
    (options.seed, options.batch) = (4, batch)
    return try model().sample(5, SamplingPlan(sampler, along: path), options).images
  }

  private func grid(_ steps: Int) throws -> [Timestep] {
    try StepSpacing.trailing.timesteps(steps, of: NoiseSchedule(.cosine, timesteps: 60))
  }

  @Test func withEverythingHiddenAndNoJumpsItIsDDPM() throws {
    let all = Mask(Self.size, hidden: Array(repeating: true, count: 64))
    let path = RePaint.path(along: try grid(20), jump: 5, times: 1)
    #expect(path == (try grid(20) + [.zero]))
    #expect(
      try sample(RePaint(Self.known, hiding: all), along: path).values
        == sample(DDPMSampler(), along: path).values)
  }

  @Test(arguments: Mask.Part.allCases) func whatIsShownStays(part: Mask.Part) throws {
    let mask = Mask(part, of: Self.size)
    let path = RePaint.path(along: try grid(12), jump: 3, times: 2)
    let result = try sample(RePaint(Self.known, hiding: mask), along: path)
    for (place, value) in result.values.enumerated() where !mask.hidden[place % 64] {
      #expect(value == Self.known.values[place])
    }
    #expect(mask.hidden.count { $0 } == (part == .center ? 16 : 32))
    #expect(result.values != Self.known.values)
  }

  @Test func imagesDoNotDependOnThreadsOrBatches() throws {
    let sampler = RePaint(Self.known, hiding: Mask(.left, of: Self.size))
    let path = RePaint.path(along: try grid(6), jump: 2, times: 3)
    let one = try sample(sampler, along: path, threads: 1)
    #expect(try sample(sampler, along: path, threads: 3, batch: 1).values == one.values)
    #expect(try sample(sampler, along: path, threads: 2, batch: 5).values == one.values)
  }

  /// 250 steps with jumps of 10, walked 10 times, are 2410 evaluations.
  @Test func thePathIsThePapers() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 250)
    let grid = schedule.timesteps.reversed() as [Timestep]
    let path = RePaint.path(along: grid, jump: 10, times: 10)
    let sampler = RePaint(Self.known, hiding: Mask(.left, of: Self.size))
    #expect(sampler.evaluated(along: path).count == 2410)
    #expect(path.first == schedule.last && path.last == .zero)
    let short = RePaint.path(along: (1...6).reversed().map { Timestep($0) }, jump: 2, times: 2)
    #expect(
      short.map(\.value) == [6, 5, 4, 3, 2, 3, 4, 3, 2, 1, 0, 1, 2, 1, 0])
  }

  /// Every step of a path that goes back has noise of its own.
  @Test func noNoiseIsDrawnTwice() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 50)
    let path = RePaint.path(along: schedule.timesteps.reversed(), jump: 5, times: 4)
    var rounds: [Timestep: Int] = [:]
    var times: Set<UInt32> = [0]
    var count = 1
    for t in path.dropLast() {
      for use in NoisePlace.Use.allCases {
        times.insert(NoisePlace(t, round: rounds[t, default: 0], use: use).time)
        count += 1
      }
      rounds[t, default: 0] += 1
    }
    // The start of images is the first step's place at timestep 0, from which jumps go back too.
    #expect(times.count == count - 1)
    #expect(NoisePlace(Timestep(7)).time == 7)
  }
}
