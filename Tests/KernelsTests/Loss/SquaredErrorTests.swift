// The squared error, its gradient, and the precision of its sum.

import Kernels
import TestSupport
import Testing

@Test(arguments: [1, 7, 16, 17, 33, 70])
func theSquaredErrorAndItsGradientAreExactForEighths(count: Int) {
  let (y, target) = (eighths(count, seed: 1), eighths(count, seed: 2))
  let (guardedY, guardedTarget, dy) = (Guarded(y), Guarded(target), Guarded(count: count))
  var sum = 3.0
  addSquaredError(
    guardedY.floats, target: guardedTarget.floats, gradient: dy.floats, slope: 0.25, weight: 0.5,
    to: &sum)
  let differences = zip(y, target).map { Double($0) - Double($1) }
  #expect(sum == differences.reduce(3) { $0 + $1 * $1 / 2 })
  expectExact(dy.values(), differences.map { 0.25 * $0 })
}

@Test func theSquaredErrorIsSummedInDouble() {
  // In Float the ones would vanish beside 2²⁴.
  let (y, zeros) = (Guarded([4096, 1, 1, 1]), Guarded([0, 0, 0, 0]))
  let dy = Guarded(count: 4)
  var sum = 0.0
  addSquaredError(
    y.floats, target: zeros.floats, gradient: dy.floats, slope: 1, weight: 1, to: &sum)
  #expect(sum == 16_777_219)
}
