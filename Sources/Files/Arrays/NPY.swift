// NumPy's array files (.npy) of floating-point numbers.

internal import Numerics

/// An array of floats, as `numpy.save` writes it.
package struct NPY: Equatable, Sendable {
  /// The sizes of the dimensions, the outermost first.
  package let shape: [Int]
  /// The elements, the last dimension fastest.
  package let values: [Float]

  /// An array.
  ///
  /// - Parameters:
  ///   - shape: the sizes of the dimensions, the outermost first.
  ///   - values: as many as the product of the sizes.
  package init(shape: [Int], values: [Float]) {
    precondition(
      shape.checkedProduct == values.count, "\(values.count) values for shape \(shape)")
    (self.shape, self.values) = (shape, values)
  }

  /// Reads a file's content: an array of float16, float32 or float64, in either order of bytes and of
  /// axes, all of them finite.
  ///
  /// - Parameters:
  ///   - bytes: a `.npy` file's content.
  ///   - path: the path to name in errors.
  ///   - refusal: why an array of that shape is not what is wanted; nil where it is.
  /// - Throws: `FileError` when the bytes are not such an array, or are refused.
  package init(
    _ bytes: [UInt8], path: String, refusal: (_ shape: [Int]) -> String?
  ) throws(FileError) {
    do throws(NPYHeader.Fault) {
      let header = try NPYHeader(of: bytes)
      if let why = refusal(header.shape) { throw NPYHeader.Fault(reason: why) }
      let range = header.dataStart..<bytes.count
      guard (header.shape + [header.element.width]).checkedProduct == range.count else {
        throw NPYHeader.Fault(
          reason: "has \(range.count) bytes of data, which do not fit its shape \(header.shape)")
      }
      let stored = NPY.values(bytes, range, header)
      let values =
        header.axisOrder == .c
        ? stored : lastAxisFastest(stored, shape: header.shape)
      guard allFinite(values) else {
        throw NPYHeader.Fault(reason: "holds values that are infinite or not a number")
      }
      self.init(shape: header.shape, values: values)
    } catch {
      throw FileError(path: path, .invalid(error.reason))
    }
  }

  /// The numbers in the order in which they are stored.
  private static func values(
    _ bytes: [UInt8], _ range: Range<Int>, _ header: NPYHeader
  ) -> [Float] {
    func all<Number: BitwiseCopyable>(_ swapped: (Number) -> Number) -> [Number] {
      let numbers: [Number] = elements(of: bytes, in: range)
      return header.byteOrder == .little ? numbers : numbers.map(swapped)
    }
    return switch header.element {
    case .float16: floats(float16: all(\UInt16.byteSwapped))
    case .float32: all { Float(bitPattern: $0.bitPattern.byteSwapped) }
    case .float64: floats(float64: all { Double(bitPattern: $0.bitPattern.byteSwapped) })
    }
  }

  /// The bytes `numpy.save` writes for the array as float32.
  package var bytes: [UInt8] { NPY.header(of: shape) + littleEndianBytes(of: values) }

  /// Writes such a file part by part, so that it needs memory for one of them only.
  ///
  /// - Parameters:
  ///   - shape: the sizes of the dimensions, the outermost first.
  ///   - path: the file.
  ///   - next: the next elements, nil after the last ones; together as many as the shape has.
  /// - Throws: `FileError`, and whatever `next` throws; the old file then stays, except when all that failed
  ///   was syncing its folder.
  package static func write(
    shape: [Int], to path: String, next: () throws -> [Float]?
  ) throws {
    var left = shape.reduce(1, *)
    try AtomicFile.write(header(of: shape), to: path) {
      guard let part = try next() else {
        precondition(left == 0, "\(left) elements of shape \(shape) are missing")
        return nil
      }
      left -= part.count
      return littleEndianBytes(of: part)
    }
  }

  /// What comes before the elements.
  private static func header(of shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    let prefix = NPYHeader.magic + [1, 0]
    // Data starts at a multiple of 64; two bytes of length and a newline are part of the header.
    let unpadded = prefix.count + 2 + header.utf8.count + 1
    let padding = (NPYHeader.alignment - unpadded % NPYHeader.alignment) % NPYHeader.alignment
    let padded = header + String(repeating: " ", count: padding) + "\n"
    return prefix + littleEndianBytes(of: [UInt16(padded.utf8.count)]) + Array(padded.utf8)
  }
}
