import Diffusion
import Foundation
import Testing

@Suite struct ImageQualityTests {
  /// Digits, few but real: what they are compared with, and its network.
  private static let metrics = Result {
    let (training, test) = (digits(.train, 1000), digits(.test, 200))
    let network = try FeatureNetwork(trainedOn: training, steps: 200, threads: 2)
    return try QualityMetrics(network, training: training, test: test, count: 5000, threads: 2)
  }

  private static func digits(_ split: Dataset.Split, _ count: Int) -> Dataset {
    let (images, labels) = SyntheticDigits.images(split, range: 0..<count)
    return Dataset(images: images, labels: labels, name: "synthetic")
  }

  @Test func noMoreImagesAreComparedThanThereAre() throws {
    let metrics = try Self.metrics.get()
    #expect(metrics.count == 200)
    #expect(metrics.floor.features?.classes.counts.reduce(0, +) == 200)
    // The test split's, not those of training images to themselves.
    #expect(metrics.floor.neighbours.quantile(0) > 0)
  }

  @Test func noiseIsFarAboveTheFloor() throws {
    let metrics = try Self.metrics.get()
    let noise = metrics(patternlessImages(200, size: SyntheticDigits.size))
    let (found, floor) = (try #require(noise.features), try #require(metrics.floor.features))
    #expect(found.frechet.value > 3 * floor.frechet.value)
    #expect(found.kernel.value - floor.kernel.value > 3 * found.kernel.standardError)
    #expect(found.coverage.precision.mean < floor.coverage.precision.mean / 2)
    #expect(noise.neighbours.quantile(0) > metrics.floor.neighbours.quantile(0.5))
  }

  @Test func theReferenceItselfIsPerfect() throws {
    let quality = try #require(Self.metrics.get()(Self.digits(.test, 200).images).features)
    #expect(abs(quality.frechet.value) < 1e-6 && quality.coverage.recall.mean == 1)
    #expect(quality.coverage.precision.mean == 1)
  }

  @Test func copiesOfTrainingImagesAreFound() throws {
    let quality = try Self.metrics.get()(Self.digits(.train, 200).images)
    #expect(quality.neighbours.mean.mean == 0 && quality.neighbours.places == Array(0..<200))
  }

  @Test func fewImagesAreExtrapolatedFromAndTooFewAreNot() throws {
    let network = try #require(Self.metrics.get().network)
    let (training, test) = (Self.digits(.train, 700), Self.digits(.test, 640))
    func floor(_ count: Int) throws -> ImageQuality {
      try QualityMetrics(network, training: training, test: test, count: count, threads: 2).floor
    }
    for (count, isFew, isExtrapolated) in [
      (255, true, false), (256, true, true), (639, true, true), (640, false, false),
    ] {
      let quality = try floor(count)
      #expect(quality.hasFewImages == isFew)
      #expect((quality.features?.extrapolated != nil) == isExtrapolated, "\(count)")
    }
  }

  @Test func withoutANetworkPixelsAreCompared() throws {
    let (training, test) = (Self.digits(.train, 30), Self.digits(.test, 8))
    let metrics = try QualityMetrics(nil, training: training, test: test, count: 5, threads: 2)
    let quality = metrics(training.images)
    #expect(metrics.floor.features == nil && quality.features == nil && !quality.hasFewImages)
    #expect(quality.images == 5 && quality.neighbours.places == Array(0..<5))
  }

  @Test func resultsAreTheSameReadBack() throws {
    let floor = try Self.metrics.get().floor
    let text = try JSONEncoder().encode(floor)
    #expect(try JSONDecoder().decode(ImageQuality.self, from: text) == floor)
  }

  @Test func tooFewImagesAreRefused() throws {
    let (training, few) = (Self.digits(.train, 300), Self.digits(.test, 19))
    let path = "synthetic"
    let reason = "holds 19 images; the metrics compare 20 or more"
    #expect(throws: FileError(path: path, .invalid(reason))) {
      let network = try FeatureNetwork(trainedOn: few, steps: 1, threads: 2)
      _ = try QualityMetrics(network, training: training, test: few, count: 20, threads: 2)
    }
  }
}
