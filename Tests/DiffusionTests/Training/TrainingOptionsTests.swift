// Defaults that follow the length of a training.

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
}
