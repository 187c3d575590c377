import Diffusion
import Testing

@Suite struct ComparisonTests {
  private let samplers = [Eta.value(0), .value(1), .hat].map { DDIMSampler(eta: $0) }

  /// A single step adds no noise, so all that its images depend on is x_T.
  @Test func everyCellStartsFromTheSameNoise() throws {
    let images = try fill(samplers, steps: [1]).map(\.samples.images)
    #expect(images[0].count == 6)
    #expect(images[1] == images[0] && images[2] == images[0])
  }

  @Test func samplerAndStepsMakeTheImages() throws {
    let images = try fill(samplers, steps: [4, 8]).map(\.samples.images.values)
    #expect(Set(images).count == 6)
  }

  @Test func cellsAreSamplersByStepsAndAllHaveAllImages() throws {
    let results = try fill(samplers, steps: [8, 2])
    #expect(results.map(\.cell.label) == samplers.flatMap { [$0.name, $0.name] })
    #expect(results.map(\.cell.steps) == [8, 2, 8, 2, 8, 2])
    #expect(results.allSatisfy { $0.samples.images.count == 6 && $0.duration > .zero })
    #expect(results.allSatisfy { $0.imagesPerSecond == 6 / ($0.duration / .seconds(1)) })
  }

  /// Eta 1 and hat are DDPM with its two variances.
  @Test(arguments: zip([Eta.value(1), .hat], PosteriorVariance.allCases))
  func theNoisyCellsAreDDPM(eta: Eta, variance: PosteriorVariance) throws {
    let model = try untrainedModel(timesteps: 20)
    let ddpm = try model.sample(6, .ddpm(steps: 5, variance: .fixed(variance)), options).images
      .values
    let cell = try fill([DDIMSampler(eta: eta)], steps: [5])[0].samples.images.values
    // The two write the mean with different weights; values are about 1.
    #expect(zip(ddpm, cell).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  /// Two evaluations of the network per step, as a sampler of second order has.
  private struct Twice: Sampler {
    func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
      walk.x.set(1.0 * walk.estimate(at: t))
      if s > .zero { walk.x.set(1.0 * walk.estimate(at: s)) }
    }
    func evaluated(along path: [Timestep]) -> [Timestep] {
      path.dropLast().flatMap { [$0, $0] }.dropLast()
    }
  }

  @Test func anySamplerIsARowWithItsEvaluations() throws {
    let results = try fill([Twice(), DPMSolverMultistep()], steps: [4])
    #expect(results.map(\.cell.label) == ["Twice", "DPM-Solver++(2M)"])
    #expect(results.map(\.cell.evaluations) == [7, 4])
    #expect(results.map(\.samples.evaluations) == [7, 4])
  }

  @Test func aCellThatCannotBeIsRefusedBeforeAnyIsFilled() throws {
    let model = try untrainedModel(timesteps: 20)
    #expect(throws: SamplingError.steps(21, of: 20)) {
      try Comparison(
        of: model, samplers: samplers, steps: [5, 21], spacings: [.trailing], count: 6)
    }
  }

  private func fill(_ samplers: [any Sampler], steps: [Int]) throws -> [Comparison.Result] {
    let comparison = try Comparison(
      of: untrainedModel(timesteps: 20), samplers: samplers, steps: steps, spacings: [.trailing],
      count: 6)
    return try comparison.cells.map { try comparison.fill($0, options) }
  }

  private var options: SamplingOptions { SamplingOptions(threads: 2) }
}
