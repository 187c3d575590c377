// NumPy's array files (.npy) as images, and images as such a file.

internal import Numerics

extension Images {
  /// Reads float images from a `.npy` file.
  ///
  /// - Parameter path: a C-order, little-endian array of float16, float32 or float64 of shape
  ///   [N, C, H, W], or [N, H, W] for one channel.
  /// - Throws: `FileError` when it cannot be read or is anything else.
  package init(npy path: String) throws(FileError) {
    try self.init(npy: readFile(path), path: path)
  }

  /// - Parameters:
  ///   - bytes: a `.npy` file's content.
  ///   - path: the path to name in errors.
  /// - Throws: `FileError` when the bytes are not such an array.
  package init(npy bytes: [UInt8], path: String) throws(FileError) {
    do throws(NPYHeader.Fault) {
      let header = try NPYHeader(of: bytes)
      let size = try header.imageSize()
      let range = header.dataStart..<bytes.count
      guard
        (header.shape + [header.element.width]).checkedProduct == range.count
      else {
        throw NPYHeader.Fault(
          reason: "has \(range.count) bytes of data, which do not fit its shape \(header.shape)")
      }
      let values: [Float] =
        switch header.element {
        case .float16: floats(float16: elements(of: bytes, in: range))
        case .float32: elements(of: bytes, in: range)
        case .float64: floats(float64: elements(of: bytes, in: range))
        }
      guard allFinite(values) else {
        throw NPYHeader.Fault(reason: "holds values that are infinite or not a number")
      }
      self.init(
        size: size,
        values: channelsLast(
          values, channels: size.channels, pixels: size.height * size.width))
    } catch {
      throw FileError(path: path, .invalid(error.reason))
    }
  }

  /// The bytes `numpy.save` writes for the images as float32 [N, C, H, W].
  package var npy: [UInt8] {
    let shape = "(\(count), \(size.channels), \(size.height), \(size.width))"
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
    let prefix = NPYHeader.magic + [1, 0]
    // Data starts at a multiple of 64; two bytes of length and a newline are part of the header.
    let unpadded = prefix.count + 2 + header.utf8.count + 1
    let padding = (NPYHeader.alignment - unpadded % NPYHeader.alignment) % NPYHeader.alignment
    let padded = header + String(repeating: " ", count: padding) + "\n"
    let values = channelsFirst(
      values, channels: size.channels, pixels: size.height * size.width)
    return prefix + littleEndianBytes(of: [UInt16(padded.utf8.count)]) + Array(padded.utf8)
      + littleEndianBytes(of: values)
  }
}
