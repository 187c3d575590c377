import Diffusion
import Testing

@Suite struct ComparisonTests {
  private let etas: [Eta] = [.value(0), .value(1), .hat]

  /// A single step adds no noise, so all that its images depend on is x_T.
  @Test func everyCellStartsFromTheSameNoise() throws {
    let images = try fill(etas, steps: [1]).map(\.samples.images)
    #expect(images[0].count == 6)
    #expect(images[1] == images[0] && images[2] == images[0])
  }

  @Test func etaAndStepsMakeTheImages() throws {
    let images = try fill(etas, steps: [4, 8]).map(\.samples.images.values)
    #expect(Set(images).count == 6)
  }

  @Test func cellsAreEtasByStepsAndAllHaveAllImages() throws {
    let results = try fill(etas, steps: [8, 2])
    #expect(results.map(\.cell.eta) == etas.flatMap { [$0, $0] })
    #expect(results.map(\.cell.steps) == [8, 2, 8, 2, 8, 2])
    #expect(results.allSatisfy { $0.samples.images.count == 6 && $0.duration > .zero })
    #expect(results.allSatisfy { $0.imagesPerSecond == 6 / ($0.duration / .seconds(1)) })
  }

  /// Eta 1 and hat are DDPM with its two variances.
  @Test(arguments: zip([Eta.value(1), .hat], PosteriorVariance.allCases))
  func theNoisyCellsAreDDPM(eta: Eta, variance: PosteriorVariance) throws {
    let model = try untrainedModel(timesteps: 20)
    let ddpm = try model.sample(6, .ddpm(steps: 5, variance: variance), options).images.values
    let cell = try fill([eta], steps: [5])[0].samples.images.values
    // The two write the mean with different weights; values are about 1.
    #expect(zip(ddpm, cell).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func aCellThatCannotBeIsRefusedBeforeAnyIsFilled() throws {
    let model = try untrainedModel(timesteps: 20)
    #expect(throws: SamplingError.steps(21, of: 20)) {
      try Comparison(of: model, etas: etas, steps: [5, 21], spacings: [.trailing], count: 6)
    }
  }

  private func fill(_ etas: [Eta], steps: [Int]) throws -> [Comparison.Result] {
    let comparison = try Comparison(
      of: untrainedModel(timesteps: 20), etas: etas, steps: steps, spacings: [.trailing], count: 6)
    return try comparison.cells.map { try comparison.fill($0, options) }
  }

  private var options: SamplingOptions { SamplingOptions(threads: 2) }
}
