// What ranks do together, for any number of them.

import Ranks
import TestSupport
import Testing

@Suite struct CollectivesTests {
  @Test(arguments: [1, 2, 3, 4, 5, 8, 13])
  func everyRankGetsWhatRankZeroHas(count: Int) throws {
    let values = [3.25, -1, .infinity]
    let results = try ThreadJob.run(count) { ranks in
      let own = ranks.rank == 0 ? values : []
      return (ranks.broadcast(own), ranks.broadcast(ranks.rank == 0 ? [Int]() : [7]))
    }
    #expect(results.count == count && results.allSatisfy { $0.0 == values && $0.1.isEmpty })
  }

  @Test(arguments: [1, 2, 3, 4, 7])
  func everyRankGetsAPartFromEach(count: Int) throws {
    let results = try ThreadJob.run(count) { ranks in
      // Rank r sends r values to each: its own number and the receiver's.
      ranks.exchangeParts(
        (0..<count).map { [Int](repeating: 100 * ranks.rank + $0, count: ranks.rank) },
        counts: Array(0..<count))
    }
    for (rank, parts) in results.enumerated() {
      #expect(parts == (0..<count).map { [Int](repeating: 100 * $0 + rank, count: $0) })
    }
  }

  @Test(arguments: [1, 2, 3, 5], [0, 1, 2, 7, 16])
  func sharesAreGatheredInTheirOrder(count: Int, items: Int) throws {
    let results = try ThreadJob.run(count) { ranks in
      let own = ranks.share(of: items)
      return ranks.gather(own.flatMap { [$0, -$0] }, shareOf: items, valuesPerItem: 2)
    }
    #expect(results.allSatisfy { $0 == (0..<items).flatMap { [$0, -$0] } })
  }

  @Test func textsOfAnyLengthAreGathered() throws {
    let results = try ThreadJob.run(4) { ranks in
      ranks.gather(String(repeating: "é", count: ranks.rank))
    }
    #expect(results.allSatisfy { $0 == ["", "é", "éé", "ééé"] })
  }

  @Test func sharesCoverEverythingOnce() throws {
    let results = try ThreadJob.run(3) { ranks in (0..<3).map { ranks.share(of: 8, rank: $0) } }
    #expect(results.allSatisfy { $0 == [0..<2, 2..<5, 5..<8] })
    #expect(OneRank().share(of: 8) == 0..<8 && OneRank().isFirst)
  }

  @Test func bytesAreValuesAgain() {
    let values: [Float] = [1, -0.0, .nan, .leastNonzeroMagnitude]
    #expect([Float](rawBytes: values.rawBytes).map(\.bitPattern) == values.map(\.bitPattern))
    #expect([Double](rawBytes: [1, 2, 3]).isEmpty)
  }
}
