// Numbers out of a file's bytes and back; the file's order, little-endian, is every supported CPU's.

/// The elements that lie in `range` of `bytes`, whatever its alignment.
///
/// A memory copy, so that being generic costs callers in other modules nothing.
package func elements<Element: BitwiseCopyable>(
  of bytes: [UInt8], in range: Range<Int>, as type: Element.Type = Element.self
) -> [Element] {
  let stride = MemoryLayout<Element>.stride
  let count = range.count / stride
  return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
    bytes.withUnsafeBytes { source in
      UnsafeMutableRawBufferPointer(buffer)
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
    }
    initialized = count
  }
}

/// The bytes of the values, one after another.
package func littleEndianBytes<Element: BitwiseCopyable>(of values: [Element]) -> [UInt8] {
  values.withUnsafeBytes { Array($0) }
}
