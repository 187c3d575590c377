// The network that a budget brings furthest.

import Diffusion
import Testing

@testable import ddpm

@Suite struct RecipeTests {
  @Test(
    arguments: zip(
      [
        Budget.minutes(2), .minutes(89), .minutes(90), .minutes(1000), .epochs(10), .epochs(49),
        .epochs(50), .steps(100_000), .steps(1_000_000), .epochs(1_000_000),
      ],
      [
        .tiny, .tiny, .small, .base, .tiny, .tiny, .small, .small, .base, .base,
      ] as [UNetConfiguration.Preset]))
  func longerBudgetsTakeLargerNetworks(budget: Budget, preset: UNetConfiguration.Preset) {
    #expect(UNetConfiguration.Preset.best(for: budget, images: 60_000, batch: 32) == preset)
  }
}
