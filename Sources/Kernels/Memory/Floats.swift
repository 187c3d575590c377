// Views of float memory, and the memory itself: what the modules above use instead of pointers.

/// A run of floats somewhere in a `FloatMemory`; copying it copies the view, not the floats.
///
/// Code that makes a view guarantees that the memory outlives it, that ranges lie within it, and that
/// no two threads write to the same floats; hence the unchecked conformance. This module is compiled
/// without checks, so a precondition here would check nothing: layers and operations compare shapes
/// before they pass views on, and checked builds compare extents (Extent.swift).
package struct Floats: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  /// How many floats the view covers.
  package let count: Int

  init(base: UnsafeMutablePointer<Float>, count: Int) {
    self.base = base
    self.count = count
  }

  /// The floats at `offset ..< offset + count`.
  package func slice(_ offset: Int, _ count: Int) -> Floats {
    requireRange(offset, count)
    return Floats(base: base + offset, count: count)
  }

  package subscript(index: Int) -> Float {
    get {
      requireRange(index, 1)
      return base[index]
    }
    nonmutating set {
      requireRange(index, 1)
      base[index] = newValue
    }
  }

  /// Copies as many floats as `values` holds to the front of the view.
  package func copy(from values: Floats) {
    require([values.count], "the target")
    base.update(from: values.base, count: values.count)
  }

  package func copy(from values: [Float]) {
    require([values.count], "the target")
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.update(from: start, count: source.count) }
    }
  }

  package func fill(_ value: Float) {
    base.update(repeating: value, count: count)
  }

  /// Whether two views start at the same float.
  package func startsWhere(_ other: Floats) -> Bool { base == other.base }

  /// The floats as an array of their own.
  package var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

  /// The first `count` floats as an array of their own.
  package func prefix(_ count: Int) -> [Float] { slice(0, count).array }
}

/// Owns floats, zeroed and aligned to a cache line, with slack behind the last one.
///
/// Kernels read whole vectors, up to four at a time, so that the last of a row may reach past its end; the slack
/// makes that legal for the last row of the memory too.
package final class FloatMemory: Sendable {
  /// All the floats of the memory.
  package let all: Floats
  #if CHECKED
    private typealias Memory = GuardedPages
  #else
    private typealias Memory = Pages
  #endif
  private let pages: Memory

  package init(count: Int) {
    let size = MemoryLayout<Float>.stride
    pages = Memory(byteCount: count * size, slack: FloatMemory.slack * size)
    all = Floats(
      base: pages.start.bindMemory(to: Float.self, capacity: count + FloatMemory.slack),
      count: count)
  }

  /// Memory that holds the given floats.
  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    all.copy(from: values)
  }

  /// The floats as an array of their own.
  package var array: [Float] { withExtendedLifetime(self) { all.array } }

  deinit { pages.deallocate() }

  /// Floats behind the end that may be read, never used: no fewer than four vectors have.
  private static let slack = 64

  /// `count` rounded up so that what follows starts on a cache line.
  package static func aligned(_ count: Int) -> Int {
    (count + line - 1) / line * line
  }

  /// Floats of a cache line.
  package static var line: Int { Pages.cacheLine / MemoryLayout<Float>.stride }
}
