// The elementary functions of vectors against Foundation's.

import Foundation
import Kernels
import TestSupport
import Testing

@Test func theExponentialIsWithinTwoUnitsInTheLastPlace() {
  let wide = uniform(20_000, bound: 87, seed: 1)
  let narrow = uniform(20_000, bound: 1, seed: 2)
  let ends: [Float] = [0, -0.0, .leastNormalMagnitude, -87, 87, 0.346_573_6, -0.346_573_6]
  let x = wide + narrow + ends
  let errors = zip(x, map(x) { $0.exponential }).map { x, value in
    unitsInTheLastPlace(value, from: exp(Double(x)))
  }
  #expect(errors.allSatisfy { $0 <= 2 }, "\(errors.max() ?? .nan)")
}

@Test func theExponentialOfZeroIsOne() {
  #expect(map([0, -0.0]) { $0.exponential } == [1, 1])
}

@Test func farOutTheExponentialIsThatOfTheNearerEnd() {
  let far: [Float] = [-88, -1000, -.infinity, 89, 1000, .infinity]
  let values = map(far) { $0.exponential }
  #expect(values.allSatisfy { $0.isNormal && $0 > 0 })
  #expect(Set(values[..<3]).count == 1 && Set(values[3...]).count == 1)
}

@Test func aPowerOfTwoIsWithinTwoUnitsInTheLastPlace() {
  // Including the neighbourhoods of the table's steps.
  let seams = (-200...200).flatMap { i in
    let seam = Float(i) / 64
    return [seam.nextDown, seam, seam.nextUp]
  }
  let x = uniform(50_000, bound: 126, seed: 7) + uniform(50_000, bound: 1, seed: 8) + seams
  let errors = zip(x, map(x) { $0.powerOfTwo }).map { x, value in
    unitsInTheLastPlace(value, from: exp2(Double(x)))
  }
  #expect(errors.allSatisfy { $0 <= 2 }, "\(errors.max() ?? .nan)")
}

/// For very negative x, rounding to a whole number is no longer exact.
@Test func farBelowAPowerOfTwoIsNextToNothing() {
  let exponents = uniform(20_000, bound: 1, seed: 5).map { Int(67 + 60 * $0) }
  let far = zip(uniform(20_000, bound: 1, seed: 6), exponents).map {
    Float(sign: .minus, exponent: $1, significand: 1.5 + $0 / 2)
  }
  let ends: [Float] = [-127, -0x1p22, -0x1p23, -0x1p24, -0x1p47, -.greatestFiniteMagnitude]
  let wrong = map(far + ends) { $0.powerOfTwo }.filter { !(abs($0) <= 0x1p-126) }
  #expect(wrong.isEmpty, "\(wrong.prefix(3))")
}

@Test func theReciprocalIsWithinTwoUnitsInTheLastPlace() {
  // Every mantissa's neighbourhood with every exponent whose reciprocal is normal.
  let x = zip(uniform(20_000, seed: 3), uniform(20_000, bound: 125, seed: 4)).map {
    Float(sign: .plus, exponent: Int($1.rounded()), significand: 1.5 + $0 / 2)
  }
  let errors = zip(x, map(x) { $0.reciprocal }).map { x, value in
    unitsInTheLastPlace(value, from: 1 / Double(x))
  }
  #expect(errors.allSatisfy { $0 <= 2 }, "\(errors.max() ?? .nan)")
}
