// Memory on pages large enough that the CPU finds every one of them at once.

#if os(Linux)
  import Glibc
#endif

/// Bytes that are all zero, aligned to a cache line; much memory on huge pages, where the system has
/// them.
///
/// A transform writes to 36 places far apart: more small pages than a CPU keeps the addresses of,
/// and looking them up takes longer than the arithmetic.
///
/// Only an address, which is why it may cross threads: who makes views of it answers for their use.
struct Pages: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  /// What was asked of the system, where it was not of the allocator.
  private let mapping: UnsafeMutableRawBufferPointer?

  init(byteCount: Int) {
    #if os(Linux)
      if let mapping = Pages.mapped(byteCount) {
        (start, self.mapping) = mapping
        return
      }
    #endif
    start = .allocate(byteCount: byteCount, alignment: Pages.cacheLine)
    start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    mapping = nil
  }

  func deallocate() {
    #if os(Linux)
      if let mapping {
        munmap(mapping.baseAddress, mapping.count)
        return
      }
    #endif
    start.deallocate()
  }

  /// A cache line in bytes; also the widest vector.
  static let cacheLine = 64

  #if os(Linux)
    /// A page of the larger kind in bytes.
    private static let huge = 2 << 20

    /// Memory of the system's own that starts with a huge page.
    ///
    /// Not the allocator's: what its alignment to huge pages leaves free would be in use for small
    /// things and so resident, and so would pages that nobody ever touches.
    private static func mapped(
      _ byteCount: Int
    ) -> (UnsafeMutableRawPointer, UnsafeMutableRawBufferPointer)? {
      guard byteCount >= huge / 2 else { return nil }
      // A last page that would be half empty is not worth its memory.
      let hugeCount = (byteCount + huge / 2) / huge * huge
      let count = max(byteCount, hugeCount) + huge
      let mapped = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let mapped, mapped != MAP_FAILED else { return nil }
      let start = mapped.alignedUp(toMultipleOf: huge)
      // A wish: without huge pages the memory is as good, only slower.
      _ = madvise(start, hugeCount, MADV_HUGEPAGE)
      return (start, UnsafeMutableRawBufferPointer(start: mapped, count: count))
    }
  #endif
}
