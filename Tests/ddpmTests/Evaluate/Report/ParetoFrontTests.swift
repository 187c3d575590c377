// The Pareto front: what is on it, in which order, and which gains count.

import Testing
import ddpm

@Suite struct ParetoFrontTests {
  private typealias Point = ParetoFront.Point

  private func places(_ points: [(cost: Int, loss: Double)]) -> [Int] {
    ParetoFront.members(of: points.map { Point(cost: $0.cost, loss: $0.loss) }).map(\.place)
  }

  @Test func aPointThatAnotherBeatsForAsLittleIsOffTheFront() {
    #expect(places([(5, 2), (3, 3), (5, 4), (8, 2.5), (10, 1)]) == [1, 0, 4])
    // As good for more, and worse for as much.
    #expect(places([(3, 1), (5, 1), (3, 2)]) == [0])
  }

  @Test func equalPointsAreOnItTogether() {
    #expect(places([(5, 2), (3, 3), (5, 2), (9, 2)]) == [1, 0, 2])
  }

  @Test func aSinglePointIsTheFrontAndNoPointsHaveNone() {
    #expect(
      ParetoFront.members(of: [Point(cost: 7, loss: -1)]) == [.init(place: 0, gain: .cheapest)])
    #expect(ParetoFront.members(of: []).isEmpty)
  }

  @Test func aLossThatIsNoNumberNeitherIsOnTheFrontNorHidesAnother() {
    #expect(places([(1, .nan), (2, 5), (3, -.infinity), (4, 4), (5, .nan)]) == [1, 3])
    #expect(places([(1, .nan)]).isEmpty)
  }

  /// Nothing off the front is better and cheaper than anything on it, whatever the points.
  @Test func theFrontIsWhatTheDefinitionSays() {
    // Products with a prime are as good as random, and the same in every run.
    let points: [(cost: Int, loss: Double)] = (0..<200).map { place in
      let (cost, loss) = (1 + place * 7919 % 9, place * 104_729 % 31)
      return (cost, Double(loss))
    }
    let expected = points.indices.filter { place in
      !points.contains {
        $0.cost <= points[place].cost && $0.loss <= points[place].loss && $0 != points[place]
      }
    }
    #expect(Set(places(points)) == Set(expected), "\(points)")
    #expect(places(points).map { points[$0].cost }.isSorted)
  }

  /// Each step of 1 is within 2 √2 errors, two of them are not.
  @Test func smallGainsAddUpToOneThatIsMoreThanChance() {
    let points = (0..<5).map { Point(cost: $0, loss: -Double($0), error: 0.5) }
    #expect(
      ParetoFront.members(of: points).map(\.gain)
        == [.cheapest, .chance, .certain, .chance, .certain])
  }

  @Test func anEqualPointHasItsTwinsGain() {
    let points = [Point(cost: 1, loss: 9), Point(cost: 2, loss: 1), Point(cost: 2, loss: 1)]
    #expect(ParetoFront.members(of: points).map(\.gain) == [.cheapest, .certain, .certain])
  }
}

extension [Int] {
  fileprivate var isSorted: Bool { self == sorted() }
}
