// The length of a training in steps.

import Diffusion
import TestSupport
import Testing
import ddpm

@Suite struct BudgetTests {
  @Test(
    arguments: zip(
      [.steps(7), .epochs(1), .epochs(3), .epochs(13), .minutes(2)] as [Budget],
      [7, 1, 2, 7, nil] as [Int?]))
  func budgetsAreCountedInSteps(budget: Budget, steps: Int?) {
    #expect(budget.steps(images: 10, batch: 20) == steps)
  }
}
