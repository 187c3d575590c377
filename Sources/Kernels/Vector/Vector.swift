// The vector register that all kernels are written for; its width and instructions follow the
// target CPU.

internal import Instructions

#if canImport(HasAVX512)
  /// One vector register of floats: 16 with AVX-512.
  package typealias Vector = SIMD16<Float>
  /// Half a register of floats.
  typealias HalfVector = SIMD8<Float>
  /// The same register as doubles: two floats each.
  typealias VectorOfDoubles = SIMD8<Double>
  /// The same register as whole numbers, of a float's size and of twice that.
  typealias VectorOfUInt32 = SIMD16<UInt32>
  typealias VectorOfUInt64 = SIMD8<UInt64>
#elseif canImport(HasFMA)
  /// One vector register of floats: 8 with AVX2.
  package typealias Vector = SIMD8<Float>
  /// Half a register of floats.
  typealias HalfVector = SIMD4<Float>
  /// The same register as doubles: two floats each.
  typealias VectorOfDoubles = SIMD4<Double>
  /// The same register as whole numbers, of a float's size and of twice that.
  typealias VectorOfUInt32 = SIMD8<UInt32>
  typealias VectorOfUInt64 = SIMD4<UInt64>
#else
  /// One vector register of floats: 4 with NEON and on the x86-64 baseline.
  package typealias Vector = SIMD4<Float>
  /// Half a register of floats.
  typealias HalfVector = SIMD2<Float>
  /// The same register as doubles: two floats each.
  typealias VectorOfDoubles = SIMD2<Double>
  /// The same register as whole numbers, of a float's size and of twice that.
  typealias VectorOfUInt32 = SIMD4<UInt32>
  typealias VectorOfUInt64 = SIMD2<UInt64>
#endif

/// The bits of a vector's floats.
typealias VectorBits = Vector.MaskStorage

extension Vector {
  /// How many floats one vector holds.
  @inline(__always) static var width: Int { scalarCount }

  /// How many vectors hold this many floats; the last one may be partly filled.
  @inline(__always) static func vectors(for floats: Int) -> Int { (floats + width - 1) / width }

  #if canImport(HasAVX512) || arch(arm64)
    /// Vector registers: a tile's sums, a row of B and an element of A have to fit.
    static let registers = 32
    /// Vectors in a row of a tile. 6 x 4 sums need 10 loads for 24 multiply-adds, 14 x 2 need 16
    /// for 28.
    static let widestTile = 4
  #else
    static let registers = 16
    static let widestTile = 2
  #endif

  // The operators as instructions: the standard library's are loops over the elements, which the
  // optimizer does not always turn back into one instruction.
  #if canImport(HasAVX512)
    @_transparent static func + (a: Vector, b: Vector) -> Vector { _mm512_add_ps(a, b) }
    @_transparent static func - (a: Vector, b: Vector) -> Vector { _mm512_sub_ps(a, b) }
    @_transparent static func * (a: Vector, b: Vector) -> Vector { _mm512_mul_ps(a, b) }
    @_transparent static func / (a: Vector, b: Vector) -> Vector { _mm512_div_ps(a, b) }
  #elseif canImport(HasFMA)
    @_transparent static func + (a: Vector, b: Vector) -> Vector { _mm256_add_ps(a, b) }
    @_transparent static func - (a: Vector, b: Vector) -> Vector { _mm256_sub_ps(a, b) }
    @_transparent static func * (a: Vector, b: Vector) -> Vector { _mm256_mul_ps(a, b) }
    @_transparent static func / (a: Vector, b: Vector) -> Vector { _mm256_div_ps(a, b) }
  #endif

  /// self + a·b, in one instruction where the CPU has one.
  ///
  /// `addingProduct` is one call per element: with FMA the optimizer turns most, but not all, of
  /// them back into one instruction; without, `fmaf` is dozens of times slower than a
  /// multiplication and an addition.
  @_transparent func adding(_ a: Vector, times b: Vector) -> Vector {
    #if canImport(HasAVX512)
      _mm512_fmadd_ps(a, b, self)
    #elseif canImport(HasFMA)
      _mm256_fmadd_ps(a, b, self)
    #elseif arch(arm64)
      vfmaq_f32(self, a, b)
    #else
      self + a * b
    #endif
  }

  /// self - a·b, in one instruction where the CPU has one.
  @_transparent func subtracting(_ a: Vector, times b: Vector) -> Vector {
    #if canImport(HasAVX512)
      _mm512_fnmadd_ps(a, b, self)
    #elseif canImport(HasFMA)
      _mm256_fnmadd_ps(a, b, self)
    #elseif arch(arm64)
      vfmsq_f32(self, a, b)
    #else
      adding(Vector() - a, times: b)
    #endif
  }

  /// self·a - b without the product's rounding error, in one instruction where the CPU has one.
  @_transparent func times(_ a: Float, minus b: Vector) -> Vector {
    #if canImport(HasAVX512)
      _mm512_fmsub_ps(self, Vector(repeating: a), b)
    #elseif canImport(HasFMA)
      _mm256_fmsub_ps(self, Vector(repeating: a), b)
    #elseif arch(arm64)
      (Vector() - b).adding(a, times: self)
    #else
      // The product of upper halves is exact.
      let (upper, upperA) = (upperHalf, Vector(repeating: a).upperHalf)
      return upper * upperA - b + upper * (a - upperA) + (self - upper) * a
    #endif
  }

  /// The elementwise maximum; where `self` is NaN, NaN.
  @_transparent func larger(_ a: Vector) -> Vector {
    #if canImport(HasAVX512)
      _mm512_max_ps(a, self)
    #elseif canImport(HasFMA)
      _mm256_max_ps(a, self)
    #else
      replacing(with: a, where: self .< a)
    #endif
  }

  /// The elementwise minimum; where `self` is NaN, NaN.
  @_transparent func smaller(_ a: Vector) -> Vector {
    #if canImport(HasAVX512)
      _mm512_min_ps(a, self)
    #elseif canImport(HasFMA)
      _mm256_min_ps(a, self)
    #else
      replacing(with: a, where: self .> a)
    #endif
  }

  #if canImport(HasAVX512)
    /// Whether `scaled(byPowerOfTwo:)` also takes powers below -126, where the result underflows.
    @_transparent static var scalesByAnyPower: Bool { true }
    /// How many steps from one power of two to the next `power(ofStep:)` tabulates.
    @inline(__always) static var steps: Float { 32 }
    /// Newton steps from `roughReciprocal` to full precision.
    @_transparent static var reciprocalRefinements: Int { 1 }
  #else
    @_transparent static var scalesByAnyPower: Bool { false }
    @inline(__always) static var steps: Float { 1 }
    @_transparent static var reciprocalRefinements: Int { 3 }
  #endif

  /// 2^(i/steps), i being each element's low bits.
  @inline(__always) static func power(ofStep bits: Vector) -> Vector {
    #if canImport(HasAVX512)
      _mm512_permutex2var_ps(
        Vector(
          1.0, 1.021_897_2, 1.044_273_7, 1.067_140_5, 1.090_507_7, 1.114_386_8, 1.138_788_6,
          1.163_724_9,
          1.189_207_1, 1.215_247_4, 1.241_857_8, 1.269_051, 1.296_839_6, 1.325_236_7, 1.354_255_6,
          1.383_91),
        unsafeBitCast(bits, to: SIMD8<Int64>.self),
        Vector(
          1.414_213_5, 1.445_180_8, 1.476_826_2, 1.509_164_5, 1.542_210_8, 1.575_980_9, 1.610_490_3,
          1.645_755_5,
          1.681_792_9, 1.718_619_3, 1.756_252_2, 1.794_709_1, 1.834_008_1, 1.874_167_7, 1.915_206_6,
          1.957_144_1))
    #else
      Vector(repeating: 1)
    #endif
  }

  /// self·2^n for n rounded down to a whole number.
  @_transparent func scaled(byPowerOfTwo n: Vector) -> Vector {
    #if canImport(HasAVX512)
      _mm512_scalef_ps(self, n)
    #else
      let exponent = unsafeBitCast(n + Vector.magic, to: VectorBits.self) &<< 23
      return unsafeBitCast(unsafeBitCast(self, to: VectorBits.self) &+ exponent, to: Vector.self)
    #endif
  }

  /// The elements without the lower 12 of the 24 bits of their mantissas.
  @_transparent private var upperHalf: Vector {
    unsafeBitCast(unsafeBitCast(self, to: VectorBits.self) & -4096, to: Vector.self)
  }

  /// 1/x for normal positive x within 2^-14 with AVX-512, elsewhere within 12 %: subtracting the
  /// bits from a constant negates the exponent.
  @_transparent var roughReciprocal: Vector {
    #if canImport(HasAVX512)
      _mm512_rcp14_ps(self)
    #else
      unsafeBitCast(
        VectorBits(repeating: 0x7EF3_11C7) &- unsafeBitCast(self, to: VectorBits.self),
        to: Vector.self)
    #endif
  }

  @_transparent func adding(_ a: Float, times b: Vector) -> Vector {
    adding(Vector(repeating: a), times: b)
  }

  /// The vector at an address of any alignment.
  @inline(__always) init(at address: UnsafePointer<Float>) {
    self = UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
  }

  @inline(__always) init(at address: UnsafeMutablePointer<Float>) {
    self = UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
  }

  /// (a[0], a[1], a[0], a[1], …).
  @inline(__always) init(repeatingTwoAt a: UnsafePointer<Float>) {
    let pair = UnsafeRawPointer(a).loadUnaligned(as: Double.self)
    self = unsafeBitCast(VectorOfDoubles(repeating: pair), to: Vector.self)
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: Vector.self)
  }

  /// Stores the first `count` elements only: the tail of a row.
  @inline(__always) func store(first count: Int, at address: UnsafeMutablePointer<Float>) {
    if count >= Vector.width {
      store(at: address)
    } else {
      for i in 0..<count { address[i] = self[i] }
    }
  }
}

extension HalfVector {
  /// The half vector at an address of any alignment.
  @inline(__always) init(at address: UnsafePointer<Float>) {
    self = UnsafeRawPointer(address).loadUnaligned(as: HalfVector.self)
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: HalfVector.self)
  }

  /// Adds the first `count` elements only to what is there.
  @inline(__always) func add(first count: Int, to address: UnsafeMutablePointer<Float>) {
    if count >= HalfVector.scalarCount {
      (HalfVector(at: address) + self).store(at: address)
    } else {
      for i in 0..<count { address[i] += self[i] }
    }
  }
}

/// The CPU that this build of the kernels is for.
package enum BuildTarget {
  /// The kernels' instruction set, as `ddpm --version` prints it.
  #if canImport(HasAVX512)
    package static var name: String { "AVX-512" }
  #elseif canImport(HasFMA)
    package static var name: String { "AVX2+FMA" }
  #elseif arch(arm64)
    package static var name: String { "NEON" }
  #else
    package static var name: String { "baseline" }
  #endif

  /// All CPU features that the compiler may have used, a space between two names.
  ///
  /// The string's bytes lie in the program and nothing is computed: on a CPU without the features whatever
  /// this module computes may be an instruction that the CPU does not know.
  package static var features: UnsafePointer<CChar> { compiledFeatures() }
}
