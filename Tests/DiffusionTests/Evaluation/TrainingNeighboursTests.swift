import Diffusion
import Testing

private let size = ImageSize(height: 3, width: 5, channels: 1)

@Test func theNearestTrainingImageIsFound() {
  let (images, training) = (
    patternlessImages(70, size: size), patternlessImages(1300, size: size)[100..<1300]
  )
  let found = TrainingNeighbours(of: images, among: training, threads: 2)
  #expect(found == TrainingNeighbours(of: images, among: training, threads: 1))
  for image in 0..<images.count {
    let distances = (0..<training.count).map { other in
      (0..<size.values).reduce(0) { sum, i in
        let a = Int(images.pixels[image * size.values + i])
        let difference = a - Int(training.pixels[other * size.values + i])
        return sum + difference * difference
      }
    }
    let least = distances.min() ?? 0
    #expect(distances[found.places[image]] == least)
    #expect(abs(found.distances[image] - Double(least).squareRoot() / 255) < 1e-12)
  }
  #expect(found.quantile(0) == found.distances.min())
  #expect(found.quantile(1) == found.distances.max())
  #expect(found.share(nearerThan: found.quantile(0.5)).mean == 0.5)
}

@Test func aTrainingImageIsItsOwnNeighbourAtNoDistance() {
  let training = patternlessImages(600, size: size)
  let found = TrainingNeighbours(of: training[530..<600], among: training, threads: 2)
  #expect(found.places == Array(530..<600))
  #expect(found.distances.allSatisfy { $0 == 0 } && found.mean.mean == 0)
}
