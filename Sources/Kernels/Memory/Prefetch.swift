// Prefetching of memory.

internal import Instructions

/// Starts to fetch `count` floats into the caches.
@inline(__always)
func prefetch(_ x: UnsafePointer<Float>, count: Int) {
  var i = 0
  while i < count {
    prefetchLine(x + i)
    i += FloatMemory.line
  }
}
