// The decoder's and the divergence's derivatives against central differences, far from the mean too.

import Foundation
import Kernels
import Testing

@testable import Numerics

@Suite struct DiscretizedGaussianGradientTests {
  @Test(arguments: [-1.0, -0.5, 127.0 / 255, 1], [-3.0, -1, -0.52, 0, 0.45, 1, 2.5])
  func slopesAreTheDifferences(pixel: Double, mean: Double) {
    for deviation in [0.003, 0.02, 0.4, 3] {
      let cost = DiscretizedGaussianCost(of: pixel, mean: mean, deviation: deviation)
      let width = 1e-5 * deviation
      func nats(_ mean: Double, _ deviation: Double) -> Double {
        discretizedGaussianNats(pixel, mean: mean, deviation: deviation)
      }
      #expect(cost.nats == nats(mean, deviation))
      let slope = (nats(mean + width, deviation) - nats(mean - width, deviation)) / (2 * width)
      let scale = max(1, abs(slope))
      #expect(abs(cost.meanSlope - slope) < 1e-4 * scale, "\(cost.meanSlope), \(slope)")
      let (less, more) = (deviation * exp(-5e-6), deviation * exp(5e-6))
      let logSlope = (nats(mean, more) - nats(mean, less)) / 2e-5
      #expect(
        abs(cost.logVarianceSlope - logSlope) < 1e-4 * max(1, abs(logSlope)),
        "\(cost.logVarianceSlope), \(logSlope)")
    }
  }

  /// Sums are those of the functions without gradients.
  @Test func sumsAreThoseWithoutGradients() {
    let (x, means) = (FloatMemory([-1, 0.2, 1]), FloatMemory([-0.9, 0.25, 0.4]))
    let outputs = FloatMemory([-1.5, 0, 0.7])
    let (a, b) = (FloatMemory(count: 3), FloatMemory(count: 3))
    withExtendedLifetime((x, means, outputs, a, b)) {
      let range = LogVarianceRange(small: -6, large: -4)
      let gradients = VarianceGradients(mean: a.all, output: b.all, meanScale: 1, outputScale: 2)
      #expect(
        range.discretizedNats(x.all, mean: means.all, outputs.all, gradients: gradients)
          == range.discretizedNats(x.all, mean: means.all, outputs.all))
      let plain = range.divergence(
        from: 0.004, weight: 0.3, x.all, means.all, outputs.all)
      let own = range.divergence(
        from: 0.004, weight: 0.3, x.all, means.all, outputs.all, gradients: gradients)
      #expect(abs(plain - own) < 1e-12 * abs(plain))
      let fixed = discretizedNats(
        x.all, mean: means.all, deviation: 0.1, scale: 1, gradient: a.all)
      #expect(fixed == discretizedGaussianNats(x.all, mean: means.all, deviation: 0.1))
    }
  }
}
