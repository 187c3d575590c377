// Memory on pages large enough that the CPU finds every one of them at once.

#if os(Linux)
  import Glibc
#endif

/// Sizes in bytes.
enum Page {
  /// A cache line; also the widest vector.
  static let cacheLine = 64
  /// A page of the larger kind.
  static let huge = 2 << 20
}

/// Allocates bytes aligned to a cache line; much memory on huge pages, where the system has them.
///
/// A transform writes to 36 places far apart: more small pages than a CPU keeps the addresses of,
/// and looking them up takes longer than the arithmetic.
func allocatePages(byteCount: Int) -> UnsafeMutableRawPointer {
  // A page that would be half empty is not worth its memory.
  guard byteCount > Page.huge / 2 else {
    return .allocate(byteCount: byteCount, alignment: Page.cacheLine)
  }
  let whole = (byteCount + Page.huge - 1) / Page.huge * Page.huge
  let memory = UnsafeMutableRawPointer.allocate(byteCount: whole, alignment: Page.huge)
  #if os(Linux)
    // A wish: without huge pages the memory is as good, only slower.
    _ = madvise(memory, whole, MADV_HUGEPAGE)
  #endif
  return memory
}
