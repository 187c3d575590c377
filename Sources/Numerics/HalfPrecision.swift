// Converts other floating-point formats to Float, without the type Float16, which Intel Macs lack.

/// IEEE half precision (1 sign, 5 exponent, 10 mantissa bits) as Float; exact for every pattern.
package func floats(float16 bits: [UInt16]) -> [Float] {
  let infinity: UInt32 = 0x7f80_0000
  return bits.map { half in
    let sign = UInt32(half & 0x8000) << 16
    let magnitude = UInt32(half & 0x7fff)
    // Infinities and NaN have all exponent bits set in both types.
    if magnitude >= 0x7c00 { return Float(bitPattern: sign | infinity | magnitude << 13) }
    // As Float the bits are 2^112 too small; the product also makes subnormal halves normal.
    let scaled = Float(bitPattern: magnitude << 13) * 0x1p112
    return Float(bitPattern: sign | scaled.bitPattern)
  }
}

/// bfloat16, the upper half of a Float's bits, as Float; exact.
package func floats(bfloat16 bits: [UInt16]) -> [Float] {
  bits.map { Float(bitPattern: UInt32($0) << 16) }
}

/// Doubles rounded to the nearest Float; beyond its range they become infinite.
package func floats(float64 values: [Double]) -> [Float] {
  values.map { Float($0) }
}

/// Whether no value is infinite or NaN.
package func allFinite(_ values: [Float]) -> Bool {
  values.allSatisfy { $0.isFinite }
}
