// Normal numbers: Box-Muller against the reference, moments, independence.

import Foundation
import Kernels
import TestSupport
import Testing

private func normals(
  _ count: Int, seed: UInt64 = 7, stream: UInt32 = 0, item: UInt32 = 3, time: UInt32 = 5
) -> [Float] {
  let target = Guarded(count: count)
  Philox(seed: seed, stream: stream).fillNormal(target.floats, item: item, time: time)
  return target.values()
}

@Test func everyNumberIsTheBoxMullerTransformOfItsWords() {
  let expected = Reference.normals(
    Philox(seed: 7, stream: 0), item: 3, time: 5, count: 20_001)
  // The radius, up to 6.8, is within two units in its last place, 1e-6, and the wave within 2⁻²³.
  expectClose(normals(20_001), expected, absolute: 2e-6, relative: 0)
}

@Test(arguments: 1...40)
func fewerNumbersAreTheFirstOfMore(count: Int) {
  #expect(normals(count) == Array(normals(100).prefix(count)))
}

@Test func itemsTimesStreamsAndSeedsHaveNumbersOfTheirOwn() {
  let draws = [
    normals(8), normals(8, seed: 8), normals(8, stream: 1), normals(8, item: 4),
    normals(8, time: 6),
  ]
  #expect(Set(draws.joined()).count == draws.count * 8)
}

@Test func momentsAndTailsAreThoseOfTheNormalDistribution() {
  let count = 1 << 18
  let x = normals(count).doubles
  func mean(_ f: (Double) -> Double) -> Double { x.reduce(0) { $0 + f($1) } / Double(count) }
  // Five standard errors of the mean of x^k: √((2k-1)!! - ((k-1)!!)²) / √n.
  let error = 5 / Double(count).squareRoot()
  #expect(abs(mean { $0 }) < error)
  #expect(abs(mean { $0 * $0 } - 1) < 2.0.squareRoot() * error)
  #expect(abs(mean { $0 * $0 * $0 }) < 15.0.squareRoot() * error)
  #expect(abs(mean { $0 * $0 * $0 * $0 } - 3) < 96.0.squareRoot() * error)
  for bound in [0.5, 1, 2, 3, 4] {
    let expected = erfc(bound / 2.0.squareRoot())
    #expect(abs(mean { abs($0) > bound ? 1 : 0 } - expected) < expected.squareRoot() * error)
  }
}

@Test(arguments: [1, 2, 3, 4, 784])
func numbersApartAreNotCorrelated(lag: Int) {
  let count = 1 << 17
  let x = normals(count + lag).doubles
  let covariance = (0..<count).reduce(0) { $0 + x[$1] * x[$1 + lag] } / Double(count)
  let squares = (0..<count).reduce(0) {
    $0 + (x[$1] * x[$1] - 1) * (x[$1 + lag] * x[$1 + lag] - 1)
  }
  let error = 5 / Double(count).squareRoot()
  #expect(abs(covariance) < error)
  // Both numbers of a pair have the same radius, yet their squares must be independent.
  #expect(abs(squares / Double(count)) < 2 * error)
}

@Test func theLogarithmIsWithinTwoUnitsInTheLastPlace() {
  let x =
    uniform(20_000, seed: 1).map { abs($0) } + uniform(20_000, bound: 125, seed: 2).map(exp2)
    + [1, .leastNormalMagnitude, 0x1p-33, 0.707_106_7, 0.707_106_9, 1.414_213_5, 1.414_213_7]
  let errors = zip(x, map(x) { $0.logarithm }).map { x, value in
    unitsInTheLastPlace(value, from: log(Double(x)))
  }
  #expect(errors.allSatisfy { $0 <= 2 }, "\(errors.max() ?? .nan)")
}

@Test func theLogarithmOfOneIsZero() {
  #expect(map([1]) { $0.logarithm } == [0])
}

@Test func wavesAreWithinTwoRoundingsOfOne() {
  let x = uniform(40_000, seed: 1).map { abs($0) } + (0...16).map { Float($0) / 16 }
  let sines = map(x) { $0.sineAndCosineOfTurns.0 }
  let cosines = map(x) { $0.sineAndCosineOfTurns.1 }
  expectClose(sines, x.map { sin(2 * .pi * Double($0)) }, absolute: 0x1p-23, relative: 0)
  expectClose(cosines, x.map { cos(2 * .pi * Double($0)) }, absolute: 0x1p-23, relative: 0)
}

@Test func quarterTurnsAreExact() {
  let quarters: [Float] = [0, 0.25, 0.5, 0.75, 1]
  #expect(map(quarters) { $0.sineAndCosineOfTurns.0 } == [0, 1, 0, -1, 0])
  #expect(map(quarters) { $0.sineAndCosineOfTurns.1 } == [1, 0, -1, 0, 1])
}
