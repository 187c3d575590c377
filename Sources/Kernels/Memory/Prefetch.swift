// Prefetching of memory.

/// LLVM's intrinsic by its own name: Swift has none, and that of the compiler's headers is a macro.
///
/// - Parameters:
///   - access: 0 to read, 1 to write.
///   - locality: 3 for all caches, down to 0 for none.
///   - kind: 1 for data.
@_silgen_name("llvm.prefetch.p0")
private func prefetch(
  _ address: UnsafeRawPointer, access: Int32, locality: Int32, kind: Int32)

/// Starts to fetch `count` floats into the caches.
@inline(__always)
func prefetch(_ x: UnsafePointer<Float>, count: Int) {
  var i = 0
  while i < count {
    prefetch(x + i, access: 0, locality: 3, kind: 1)
    i += lineFloats
  }
}

/// Floats of a cache line.
private let lineFloats = 16
