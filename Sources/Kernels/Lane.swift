// The vector the kernels are written in: its width and its multiply-add follow the target CPU.

#if canImport(HasAVX512)
  /// One vector register of floats: 16 with AVX-512.
  package typealias Lane = SIMD16<Float>
#elseif canImport(HasFMA)
  /// One vector register of floats: 8 with AVX2.
  package typealias Lane = SIMD8<Float>
#else
  /// One vector register of floats: 4 with NEON and on the x86-64 baseline.
  package typealias Lane = SIMD4<Float>
#endif

/// The bits of a lane's floats.
typealias LaneBits = Lane.MaskStorage

extension Lane {
  /// How many floats one lane holds.
  @inline(__always) static var width: Int { scalarCount }

  #if canImport(HasAVX512) || arch(arm64)
    /// Rows of a tile: 14 x 2 accumulators, 2 vectors of B and one of A fit 32 registers.
    static let tallestTile = 14
  #else
    /// Rows of a tile: 6 x 2 accumulators, 2 vectors of B and one of A fit 16 registers.
    static let tallestTile = 6
  #endif

  /// self + a·b, in one instruction where the CPU has one.
  ///
  /// Without FMA hardware `addingProduct` calls `fmaf` once an element, dozens of times slower
  /// than a multiplication and an addition.
  @inline(__always) func adding(_ a: Lane, times b: Lane) -> Lane {
    #if canImport(HasFMA) || arch(arm64)
      addingProduct(a, b)
    #else
      self + a * b
    #endif
  }

  @inline(__always) func adding(_ a: Float, times b: Lane) -> Lane {
    adding(Lane(repeating: a), times: b)
  }

  /// The lane at an address of any alignment.
  @inline(__always) init(at address: UnsafePointer<Float>) {
    self = UnsafeRawPointer(address).loadUnaligned(as: Lane.self)
  }

  @inline(__always) init(at address: UnsafeMutablePointer<Float>) {
    self = UnsafeRawPointer(address).loadUnaligned(as: Lane.self)
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: Lane.self)
  }

  /// Stores the first `count` elements only: the tail of a row.
  @inline(__always) func store(first count: Int, at address: UnsafeMutablePointer<Float>) {
    if count >= Lane.width {
      store(at: address)
    } else {
      for i in 0..<count { address[i] = self[i] }
    }
  }
}

/// What this build of the kernels needs from the CPU it runs on.
package enum BuildTarget {
  #if canImport(HasAVX512)
    /// The kernels' instruction set, as `ddpm --version` prints it.
    package static let name = "AVX-512"
    /// The features' names in the operating system's list.
    package static let requiredFeatures = [
      "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx2", "fma", "bmi2",
    ]
  #elseif canImport(HasFMA)
    package static let name = "AVX2+FMA"
    package static let requiredFeatures = ["avx2", "fma", "bmi2"]
  #elseif arch(arm64)
    package static let name = "NEON"
    package static let requiredFeatures: [String] = []
  #else
    package static let name = "baseline"
    package static let requiredFeatures: [String] = []
  #endif
}
