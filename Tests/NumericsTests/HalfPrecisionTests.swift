// Every 16-bit pattern becomes the float that the format's definition says.

import Foundation
import Numerics
import Testing

@Suite struct HalfPrecisionTests {
  private static let patterns = Array(UInt16.min...UInt16.max)

  /// (-1)^s · 2^(max(e, 1) - bias) · ([e > 0] + m / 2^mantissaBits), in Double.
  private func value(_ bits: UInt16, mantissaBits: Int, bias: Int) -> Float {
    let mantissa = Int(bits) & (1 << mantissaBits - 1)
    let exponent = Int(bits & 0x7fff) >> mantissaBits
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    if exponent == 2 * bias + 1 { return mantissa == 0 ? Float(sign * .infinity) : .nan }
    let significand =
      Double(min(exponent, 1)) + scalbn(Double(mantissa), -mantissaBits)
    return Float(sign * scalbn(significand, max(exponent, 1) - bias))
  }

  private func expectSame(_ actual: [Float], _ expected: [Float]) {
    let different = zip(actual, expected).filter { actual, expected in
      actual.isNaN && expected.isNaN ? false : actual.bitPattern != expected.bitPattern
    }
    #expect(actual.count == expected.count && different.isEmpty, "\(different.prefix(3))")
  }

  @Test func everyHalfIsExact() {
    expectSame(
      floats(float16: Self.patterns),
      Self.patterns.map { value($0, mantissaBits: 10, bias: 15) })
  }

  @Test func everyBrainFloatIsExact() {
    expectSame(
      floats(bfloat16: Self.patterns),
      Self.patterns.map { value($0, mantissaBits: 7, bias: 127) })
  }

  @Test func doublesAreRoundedToNearest() {
    #expect(floats(float64: [0.1, 1 + 0x1p-24, 1e300]) == [0.1, 1, .infinity])
  }

  @Test func nonFiniteValuesAreFound() {
    #expect(allFinite([0, -.greatestFiniteMagnitude]))
    #expect(!allFinite([0, .infinity]))
    #expect(!allFinite([.nan, 0]))
  }
}
