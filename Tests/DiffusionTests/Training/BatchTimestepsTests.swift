// Timesteps spread over a batch: one in each range, all equally likely.

import Diffusion
import Testing

@Suite struct BatchTimestepsTests {
  @Test(arguments: [1, 3, 32, 1500]) func everyRangeOfTheProcessHasItsTimestep(batch: Int) {
    let steps = BatchTimesteps(last: Timestep(1000), batch: batch)
    for chance in [0, 0.5, 1 - 0x1p-32] {
      for item in 0..<batch {
        let index = steps.timestep(item, chance: chance).index
        #expect(index >= item * 1000 / batch && index < ((item + 1) * 1000 + batch - 1) / batch)
      }
    }
  }

  @Test func everyTimestepIsEquallyLikely() {
    // Chances on a grid that puts the same number into each of the 10 timesteps.
    let steps = BatchTimesteps(last: Timestep(10), batch: 4)
    var counts = [Int](repeating: 0, count: 10)
    for item in 0..<4 {
      for i in 0..<500 {
        counts[steps.timestep(item, chance: (Double(i) + 0.5) / 500).index] += 1
      }
    }
    #expect(counts == [Int](repeating: 200, count: 10))
  }
}
