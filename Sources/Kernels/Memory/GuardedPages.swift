// Memory between guard pages, in place of `Pages`, for checked builds.

#if CHECKED
  import Foundation

  /// Zeroed bytes aligned to a cache line, between two pages that nobody may touch; the second one
  /// follows as closely as the alignment allows.
  ///
  /// The bytes up to those pages, among them the slack that kernels may read, are not-a-numbers:
  /// what is read there and has an influence shows in the result, and what is written there is
  /// noticed when the memory is freed. Freed memory may not be touched either.
  struct GuardedPages: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    private let byteCount: Int
    /// All pages, with the guards.
    private let mapping: UnsafeMutableRawBufferPointer
    /// The pages that may be touched.
    private let inner: UnsafeMutableRawBufferPointer

    init(byteCount: Int, slack: Int) {
      let page = Int(getpagesize())
      let line = Pages.cacheLine
      let needed = (byteCount + slack + line - 1) / line * line
      let room = (needed + page - 1) / page * page
      let mapped = mmap(nil, room + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0)
      guard let mapped, mapped != MAP_FAILED,
        mprotect(mapped + page, room, PROT_READ | PROT_WRITE) == 0
      else { stop("there are no \(byteCount) bytes of memory") }
      mapping = UnsafeMutableRawBufferPointer(start: mapped, count: room + 2 * page)
      inner = UnsafeMutableRawBufferPointer(rebasing: mapping[page..<page + room])
      start = mapped + page + room - needed
      self.byteCount = byteCount
      for part in surroundings {
        part.initializeMemory(as: UInt8.self, repeating: GuardedPages.filler)
      }
    }

    func deallocate() {
      for part in surroundings {
        if let place = part.firstIndex(where: { $0 != GuardedPages.filler }),
          let base = part.baseAddress
        {
          stop("a write to byte \(base + place - start) of a memory of \(byteCount) bytes")
        }
      }
      munmap(mapping.baseAddress, mapping.count)
    }

    /// What lies between the guard pages and the memory.
    private var surroundings: [UnsafeMutableRawBufferPointer] {
      let first = start - UnsafeMutableRawPointer(inner.baseAddress ?? start)
      return [
        UnsafeMutableRawBufferPointer(rebasing: inner[..<first]),
        UnsafeMutableRawBufferPointer(rebasing: inner[(first + byteCount)...]),
      ].filter { !$0.isEmpty }
    }

    /// A byte of which four are a NaN.
    private static let filler: UInt8 = 0xFF
  }
#endif
