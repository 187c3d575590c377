// SiLU and its derivative against the reference.

import Kernels
import TestSupport
import Testing

/// Around zero, where activations are, and out to where the sigmoid is 0 or 1.
private let numbers = uniform(1000, bound: 4, seed: 1) + uniform(1001, bound: 120, seed: 2)

@Test func siluIsXTimesItsSigmoid() {
  let (x, y) = (Guarded(numbers), Guarded(count: numbers.count))
  siluForward(x.floats, into: y.floats, count: numbers.count)
  // Five roundings of 2⁻²⁴ and what the argument's rounding makes of e^-x; below -87 the exponential
  // stays where it is, and x·e^-87 is as good as 0.
  expectClose(
    y.values(), numbers.map { Reference.silu(Double($0)) }, absolute: 1e-35, relative: 1e-6)
}

@Test func siluSlopesAreMultipliedWithTheGradient() {
  let dy = uniform(numbers.count, seed: 3)
  let (x, slopes) = (Guarded(numbers), Guarded(dy))
  let (replaced, added) = (Guarded(count: numbers.count), Guarded(target: numbers))
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    siluBackward(x.floats, dy: slopes.floats, into: dx.floats, accumulation, count: numbers.count)
  }
  let expected = zip(numbers, dy).map { Reference.siluSlope(Double($0)) * Double($1) }
  // σ·(1 + x·(1 - σ)) is a difference where x is negative: errors are relative to its terms, at most
  // 1.1 in size, and where x is large 1 - σ is a rounding of σ away.
  expectClose(replaced.values(), expected, absolute: 4e-7, relative: 1e-5)
  // Sums of up to 121 round to 2⁻¹⁸.
  expectClose(
    added.values(), zip(expected, numbers).map { $0 + Double($1) }, absolute: 1e-5, relative: 1e-7)
}

@Test(arguments: [1, 3, 15, 16, 17, 33])
func siluWritesOnlyItsFloats(count: Int) {
  let x = Guarded(uniform(count, seed: 4))
  let (y, dx) = (Guarded(count: count), Guarded(count: count))
  siluForward(x.floats, into: y.floats, count: count)
  siluBackward(x.floats, dy: x.floats, into: dx.floats, .overwrite, count: count)
  #expect(y.values().allSatisfy { !$0.isNaN } && dx.values().allSatisfy { !$0.isNaN })
}

@Test func siluIsFiniteHoweverLargeItsArgument() {
  let x = Guarded([-1e30, -1000, -89, -88, -87.9, -87, 87, 88, 89, 1000, 1e30])
  let (y, dx, ones) = (
    Guarded(count: x.floats.count), Guarded(count: x.floats.count),
    Guarded([Float](repeating: 1, count: x.floats.count))
  )
  siluForward(x.floats, into: y.floats, count: x.floats.count)
  siluBackward(x.floats, dy: ones.floats, into: dx.floats, .overwrite, count: x.floats.count)
  #expect(y.values().allSatisfy { $0.isFinite }, "\(y.floats.array)")
  #expect(dx.values().allSatisfy { $0.isFinite }, "\(dx.floats.array)")
}

@Test func siluPassesNotANumberOn() {
  let (x, y) = (Guarded([1, .nan, 2]), Guarded(count: 3))
  siluForward(x.floats, into: y.floats, count: 3)
  #expect(y.values().map(\.isNaN) == [false, true, false])
}
