// Converts a file's bytes to numbers and back; all supported CPUs are little-endian, as the files
// are.

/// The elements that lie in `range` of `bytes`, whatever its alignment.
///
/// - Parameters:
///   - bytes: the file's, or more.
///   - range: within `bytes`; an element cut short at its end is left out.
package func elements<Element: BitwiseCopyable>(
  of bytes: [UInt8], in range: Range<Int>, as type: Element.Type = Element.self
) -> [Element] {
  let width = MemoryLayout<Element>.stride
  let source = bytes.span.bytes.extracting(range)
  return (0..<range.count / width).map {
    source.unsafeLoadUnaligned(fromByteOffset: $0 * width, as: Element.self)
  }
}

/// The bytes of the values, one after another.
package func littleEndianBytes<Element: BitwiseCopyable>(of values: [Element]) -> [UInt8] {
  values.withUnsafeBytes { Array($0) }
}
