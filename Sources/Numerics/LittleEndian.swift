// Converts a file's bytes to numbers and back; all supported CPUs are little-endian, as the files
// are.

/// The elements that lie in `range` of `bytes`, whatever its alignment.
///
/// A copy of memory, so that generic code costs callers in other modules nothing.
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
