// Zeroed memory, on huge pages where it is large, so that address translation does not limit speed.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes that are all zero, aligned to a cache line; on huge pages if there are many and the system
/// has them.
///
/// A Winograd transform writes to 36 places far apart: more small pages than the translation buffer
/// holds, and looking up their addresses takes longer than the arithmetic.
///
/// Only an address, hence the unchecked conformance: whoever makes views of it is responsible for
/// their use.
struct Pages: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  /// The mapping, if the memory comes from the system and not from the allocator.
  private let mapping: UnsafeMutableRawBufferPointer?

  /// - Parameter slack: bytes behind the others.
  init(byteCount: Int, slack: Int) {
    let byteCount = byteCount + slack
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
    /// A huge page in bytes.
    private static let huge = 2 << 20

    /// Memory mapped by the system that starts at a huge page.
    ///
    /// Not from the allocator: it would use the gap that the alignment leaves for small objects,
    /// and the huge pages there would be resident, as would pages that are never touched.
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
      // Advice that may fail: without huge pages the memory is only slower.
      _ = madvise(start, hugeCount, MADV_HUGEPAGE)
      return (start, UnsafeMutableRawBufferPointer(start: mapped, count: count))
    }
  #endif
}
