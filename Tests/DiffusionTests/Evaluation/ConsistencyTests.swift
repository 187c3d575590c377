import Diffusion
import Testing

private let size = ImageSize(height: 1, width: 2, channels: 1)

@Test func theMostStepsAreWhatOthersAreComparedWith() throws {
  let series = [
    (steps: 100, images: Images(size: size, values: [0, 0, 1, 1])),
    (steps: 10, images: Images(size: size, values: [0, 1, -1, -1])),
  ]
  let consistency = Consistency(series, network: nil, threads: 1)
  #expect(consistency.rows.map(\.steps) == [10, 100])
  // Squares of 0, ½ and 1, 1 on a scale from 0 to 1.
  #expect(consistency.rows[0].distance == SampleMean([0.125, 1]))
  #expect(consistency.rows[1].distance == SampleMean([0, 0]))
  #expect(consistency.rows.allSatisfy { $0.sameClass == nil })
  // The two images of 100 steps differ by ½ everywhere.
  #expect(consistency.unrelated == SampleMean([0.25]))
}

@Test func aSingleImageHasNoNeighbour() {
  let image = Images(size: size, values: [0, 1])
  #expect(Consistency([(5, image)], network: nil, threads: 1).unrelated == nil)
}

@Test func theShareOfImagesThatKeepTheirClassIsMeasured() throws {
  let (digits, labels) = SyntheticDigits.images(.train, range: 0..<200)
  let network = try FeatureNetwork(
    trainedOn: Dataset(images: digits, labels: labels, name: "digits"), steps: 100,
    threads: 2)
  let (same, other) = (Images(digits[0..<4]), Images(digits[1..<5]))
  let consistency = Consistency([(1, other), (2, same)], network: network, threads: 2)
  #expect(consistency.rows.map(\.sameClass?.mean) == [0, 1])
}
