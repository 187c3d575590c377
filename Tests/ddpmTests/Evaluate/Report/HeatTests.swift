// The colours of the tables: what they are measured by, and what has none.

import Testing
import ddpm

@Suite struct HeatTests {
  private static let scales: [Heat.Scale] = [
    .less(.ratio), .less(.errors), .more(.shares), .more(.ratio),
  ]

  @Test(arguments: scales) func aDifferenceWithinTheErrorsHasNoColour(scale: Heat.Scale) {
    // 2 √(0.03² + 0.04²) is 0.1.
    for value in [0.91, 0.99, 1, 1.01, 1.09] {
      #expect(Heat.of((value, 0.03), realImages: (1, 0.04), on: scale) == nil, "\(value)")
    }
    for value in [0.85, 1.15] {
      #expect(Heat.of((value, 0.03), realImages: (1, 0.04), on: scale) != nil, "\(value)")
    }
  }

  @Test func anUncertainFloorColoursNothingThatACertainOneDoes() {
    #expect(Heat.of((3, 0.1), realImages: (1, 0.1), on: .less(.ratio)) != nil)
    #expect(Heat.of((3, 0.1), realImages: (1, 1.5), on: .less(.ratio)) == nil)
  }

  @Test func theScalesAreWhatThePageSays() {
    #expect(Heat.of((64, nil), realImages: (2, nil), on: .less(.ratio)) == 1)
    #expect(Heat.of((2_000, nil), realImages: (2, nil), on: .less(.ratio)) == 1)
    #expect(Heat.of((1, nil), realImages: (2, nil), on: .less(.ratio)) == 0)
    #expect(Heat.of((12.7, 0), realImages: (0, 0.1), on: .less(.errors)).map { $0 > 0.999 } == true)
    #expect(Heat.of((0.25, nil), realImages: (0.75, nil), on: .more(.shares)) == 1)
    #expect(Heat.of((0.5, nil), realImages: (0.75, nil), on: .more(.shares)) == 0.5)
    #expect(Heat.of((1, nil), realImages: (0.75, nil), on: .more(.shares)) == 0)
  }
}
