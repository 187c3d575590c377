import Diffusion
import TestSupport
import Testing

@Suite struct ReconstructionTests {
  private let size = ImageSize(height: 4, width: 4, channels: 1)

  /// Where the predicted noise is the same everywhere, DDIM's ODE is a straight line, on which Euler's
  /// steps make no error, there or back.
  @Test(arguments: [1, 3, 20])
  func aStraightWayLeadsBack(steps: Int) throws {
    let model = try constantModel(0.25, prediction: .noise, clipRange: 1, timesteps: 20)
    let images = patternlessImages(6, size: size)
    let back = try model.reconstruct(
      images, labels: nil, steps: steps, spacing: .trailing, threads: 2)
    #expect(back.steps == steps && back.images.count == 6)
    // The image counts as x_1 on the way there and as x_0 on the way back.
    let (one, noise) = (model.schedule.alphaBar(Timestep(1)), 0.25)
    for (start, end) in zip(Images(images).values, back.images.values) {
      let expected = (Double(start) - (1 - one).squareRoot() * noise) / one.squareRoot()
      #expect(abs(Double(end) - expected) < 1e-3)
    }
  }

  @Test func theErrorIsMeasuredOnPixelsFrom0To1() throws {
    let model = try untrainedModel(timesteps: 30)
    let images = patternlessImages(3, size: SmallTraining.size)
    let back = try model.reconstruct(images, labels: nil, steps: 5, spacing: .trailing, threads: 1)
    let squares = zip(Images(images).values, back.images.values).map {
      Double($0 - $1) * Double($0 - $1) / 4
    }
    let error = squares.reduce(0, +) / Double(squares.count)
    #expect(abs(back.error.mean / error - 1) < 1e-6)
    let other = try model.reconstruct(images, labels: nil, steps: 5, spacing: .trailing, threads: 3)
    #expect(other.images == back.images)
  }

  @Test(arguments: [([100, 50, 10], [1, 10, 50, 100]), ([7, 1], [1, 7])])
  func encodingVisitsTheGridUpwards(grid: [Int], expected: [Int]) {
    #expect(DDIMEncoder.path(against: grid.map { Timestep($0) }).map(\.value) == expected)
  }

  @Test func aConditionalModelIsConditionedOnTheLabels() throws {
    let model = try SmallTraining.conditionalTrainer(classes: 3).snapshot()
    let images = patternlessImages(2, size: SmallTraining.size)
    func back(_ labels: [UInt8]?) throws -> [Float] {
      try model.reconstruct(images, labels: labels, steps: 3, spacing: .trailing, threads: 1)
        .images.values
    }
    #expect(try back([0, 1]) == back(nil) && back([2, 1]) != back(nil))
    #expect(throws: SamplingError.noSuchClass(7, of: 3)) { try back([7, 1]) }
  }

  @Test func stepsThatCannotBeAreRefused() throws {
    let model = try constantModel(0, prediction: .noise, clipRange: 1, timesteps: 20)
    #expect(throws: SamplingError.steps(21, of: 20)) {
      try model.reconstruct(
        patternlessImages(1, size: size), labels: nil, steps: 21, spacing: .trailing, threads: 1)
    }
    // x_1 alone is no way to noise.
    #expect(throws: SamplingError.reachesNoNoise(Timestep(1), .leading)) {
      try model.reconstruct(
        patternlessImages(1, size: size), labels: nil, steps: 1, spacing: .leading, threads: 1)
    }
  }
}
