// The EMA's decay: it rises from 0 to its maximum.

import Autograd
import Testing

@Suite struct EMATests {
  /// (1 + n) / (10 + n) after n = 0, 1, 2, 90 steps, the first of which copies.
  @Test(arguments: [(1, 0), (2, 2.0 / 11), (3, 3.0 / 12), (91, 91.0 / 100), (1_000_000, 0.999)])
  func theDecayWarmsUp(step: Int, decay: Double) {
    #expect(EMA(maximumDecay: 0.999).decay(step) == decay)
  }

  @Test func noAverageIsTheWeightsThemselves() {
    #expect((1...50).allSatisfy { EMA(maximumDecay: 0).decay($0) == 0 })
  }
}
