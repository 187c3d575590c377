// RePaint: what is shown stays, what is hidden is DDPM's, and the path goes back as the paper's does.

import Autograd
import Kernels
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

  /// A step down (Eq. 8), and the forward process back up.
  @Test func stepsAndJumpsAreTheirFormulas() throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 60)
    let (t, s) = (Timestep(40), Timestep(20))
    let (mask, known) = (Mask(.left, of: Self.size), Self.known.prefix(1))
    let numbers = (1...5).map { uniform(64, bound: 2, seed: $0) }
    let (xt, x0, noise) = (numbers[0], numbers[1], Array(numbers[2...]))
    let walked = RePaint(known, hiding: mask).trajectory(
      from: xt, along: [(t, s), (s, t)], StoredOutputs([x0], noise: noise), schedule, .sample)
    let (posterior, noised) = (schedule.posterior(from: t, to: s), schedule.noised(at: s))
    let kept = schedule.alphaBar(t) / schedule.alphaBar(s)
    for i in 0..<64 {
      let drawn =
        posterior.xtWeight * Double(xt[i]) + posterior.x0Weight * Double(x0[i])
        + posterior.variance(.small).squareRoot() * Double(noise[0][i])
      let shown =
        noised.x0Weight * Double(known.values[i]) + noised.noiseWeight * Double(noise[1][i])
      let expected = mask.hidden[i] ? drawn : shown
      #expect(abs(Double(walked.x[0][i]) - expected) < 1e-5)
      let back = kept.squareRoot() * expected + (1 - kept).squareRoot() * Double(noise[2][i])
      #expect(abs(Double(walked.x[1][i]) - back) < 1e-5)
    }
  }

  /// Every step of a path that goes back has noise of its own.
  @Test func noNoiseIsDrawnTwice() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 50)
    let path = RePaint.path(along: schedule.timesteps.reversed(), jump: 5, times: 4)
    let source = RecordedNoise()
    let x = FloatMemory(count: 64)
    let sampler = RePaint(Self.known, hiding: Mask(.top, of: Self.size))
    var walk = Walk(source, schedule, .noise, .none, memory: 0, capacity: 64)
      .beginning(0..<1, at: x.all)
    walk.fillStart()
    let rounds = Walk.rounds(along: path)
    for (index, (t, s)) in zip(path, path.dropFirst()).enumerated() {
      walk.round = rounds[index]
      sampler.step(&walk, from: t, to: s)
    }
    let times = source.places.withLock { $0.map(\.time) }
    // A start, two of each step down but the last to data, one of each jump.
    #expect(times.count > 2 * 50 && Set(times).count == times.count)
    #expect(NoisePlace(Timestep(7)).time == 7)
  }
}

/// Outputs of 0, and a list of the noise that was asked for.
private struct RecordedNoise: WalkSource {
  let places = Locked<[NoisePlace]>([])
  private let zeros = FloatMemory(count: 64)

  func output(
    _ xt: Floats, _ images: Range<Int>, at timestep: Timestep, shift: BottleneckShift?
  ) -> NetworkOutput { NetworkOutput(zeros.all) }

  func fillNoise(_ target: Floats, _ images: Range<Int>, at place: NoisePlace) {
    places.withLock { $0.append(place) }
    target.fill(0)
  }
}
