// Defaults that follow the length of a training, and the length itself.

import Diffusion
import Testing

@Suite struct TrainingOptionsTests {
  @Test(arguments: [(1, 0), (20, 1), (1000, 50), (10_000, 500), (1_000_000, 500)])
  func warmupIsATwentiethAndAtMost500(steps: Int, warmup: Int) {
    var options = TrainingOptions(threads: 1)
    #expect(options.warmupSteps(of: steps) == warmup)
    options.warmup = 3
    #expect(options.warmupSteps(of: steps) == 3)
  }

  /// 1 - 1/n for an average over n = a twentieth of the steps, from 2 to 10,000.
  @Test(arguments: [(1, 0.5), (200, 0.9), (20_000, 0.999), (10_000_000, 0.9999)])
  func theAverageRemembersATwentieth(steps: Int, decay: Double) {
    var options = TrainingOptions(threads: 1)
    #expect(abs(options.decay(of: steps) - decay) < 1e-12)
    options.averageDecay = 0
    #expect(options.decay(of: steps) == 0)
  }

  @Test(arguments: [
    (Budget.steps(7), 7), (.epochs(1), 1), (.epochs(3), 2), (.epochs(13), 7), (.minutes(2), 40),
  ])
  func budgetsAreCountedInSteps(budget: Budget, steps: Int) {
    // 10 images in batches of 20; 10 steps in half a minute.
    #expect(
      budget.steps(images: 10, batch: 20, completed: 10, elapsed: .seconds(30)) == steps)
  }

  @Test func timeEndsATrainingWhereItIs() {
    let minute = Budget.minutes(1)
    #expect(minute.steps(images: 1, batch: 1, completed: 5, elapsed: .seconds(60)) == 5)
    #expect(minute.steps(images: 1, batch: 1, completed: 5, elapsed: .seconds(59.9)) == 6)
    // Before the pace is known there is no end in sight, and no overflow.
    for (completed, elapsed) in [(0, Duration.zero), (1, .zero), (.max / 4, .nanoseconds(1))] {
      let steps = minute.steps(images: 1, batch: 1, completed: completed, elapsed: elapsed)
      #expect(steps > 1_000_000_000_000)
    }
  }
}
