// Uniform numbers and dropout masks: range and moments.

import Kernels
import TestSupport
import Testing

@Test func uniformNumbersFillTheirInterval() {
  let count = 1 << 17
  let x = uniform(count, bound: 0.25, seed: 1).doubles
  #expect(x.allSatisfy { abs($0) <= 0.25 })
  #expect((x.min() ?? 0) < -0.2499 && (x.max() ?? 0) > 0.2499)
  // Five standard errors of the mean and of the mean square, 1/3 and 4/45 of the unit ones'.
  let error = 5 / Double(count).squareRoot()
  let mean = x.reduce(0, +) / Double(count)
  let square = x.reduce(0) { $0 + $1 * $1 } / Double(count)
  #expect(abs(mean / 0.25) < (1.0 / 3).squareRoot() * error)
  #expect(abs(square / 0.0625 - 1.0 / 3) < (4.0 / 45).squareRoot() * error)
}

@Test(arguments: 1...9)
func fewerUniformNumbersAreTheFirstOfMore(count: Int) {
  #expect(uniform(count, seed: 1) == Array(uniform(40, seed: 1).prefix(count)))
}

private func mask(_ rate: Float, count: Int, item: UInt32 = 0, time: UInt32 = 0) -> [Float] {
  let target = Guarded(count: count)
  Philox(seed: 1, stream: 4).fillMask(
    target.floats, rate: rate, kept: 1 / (1 - rate), item: item, time: time)
  return target.values()
}

@Test(arguments: [0, 0.1, 0.5, 0.9] as [Float])
func aMaskDropsAtItsRateAndKeepsTheMean(rate: Float) {
  let count = 1 << 16
  let values = mask(rate, count: count)
  #expect(Set(values).isSubset(of: [0, 1 / (1 - rate)]))
  let forgotten = Double(values.count { $0 == 0 }) / Double(count)
  // Five standard errors of a share.
  let (p, n) = (Double(rate), Double(count))
  #expect(abs(forgotten - p) <= 5 * (p * (1 - p) / n).squareRoot())
}

@Test func masksDependOnItemAndTime() {
  let masks = [
    mask(0.5, count: 64), mask(0.5, count: 64, item: 1), mask(0.5, count: 64, time: 1),
  ]
  #expect(Set(masks).count == masks.count)
  #expect(mask(0.5, count: 64) == masks[0])
  #expect(mask(0.5, count: 63) == Array(masks[0].prefix(63)))
}
