// Named tensors in a safetensors file: what is in it, and its numbers.
//
// The format: a little-endian 64-bit length, a JSON header of that length, the tensors' bytes.

internal import Numerics

/// A safetensors file in memory, checked from end to end.
package struct Safetensors: Sendable {
  /// What a tensor's elements are, by the name the header gives them; the widest first, the order
  /// in which the reference implementation writes.
  package enum Element: String, CaseIterable, Sendable {
    case uint64 = "U64"
    case int64 = "I64"
    case float64 = "F64"
    case complex64 = "C64"
    case float32 = "F32"
    case uint32 = "U32"
    case int32 = "I32"
    case bfloat16 = "BF16"
    case float16 = "F16"
    case uint16 = "U16"
    case int16 = "I16"
    case int8 = "I8"
    case uint8 = "U8"
    case bool = "BOOL"

    /// Bytes of one element.
    package var width: Int {
      switch self {
      case .uint64, .int64, .float64, .complex64: 8
      case .float32, .uint32, .int32: 4
      case .bfloat16, .float16, .uint16, .int16: 2
      case .int8, .uint8, .bool: 1
      }
    }
  }

  /// A tensor's entry in the header.
  package struct Tensor: Equatable, Sendable {
    package let name: String
    package let element: Element
    /// Outermost dimension first; none for a scalar.
    package let shape: [Int]
    /// Where its bytes lie in the file.
    let range: Range<Int>
  }

  /// The file's path, for messages.
  package let path: String
  /// The `__metadata__` of the header.
  package let metadata: [String: String]
  /// All tensors, in the order of their bytes.
  package let tensors: [Tensor]
  private let places: [String: Int]
  private let bytes: [UInt8]

  /// Reads a file as a whole.
  ///
  /// - Throws: `FileError` when it cannot be read or is not a valid safetensors file.
  package init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: readFile(path), path: path)
  }

  /// - Parameters:
  ///   - bytes: a file's content.
  ///   - path: the path to name in errors.
  /// - Throws: `FileError` when the bytes are not a valid safetensors file.
  package init(bytes: [UInt8], path: String) throws(FileError) {
    do throws(SafetensorsHeader.Fault) {
      let header = try SafetensorsHeader(of: bytes)
      self.init(path: path, metadata: header.metadata, tensors: header.tensors, bytes: bytes)
    } catch {
      throw FileError(path: path, .invalid("is not a valid safetensors file: \(error.reason)"))
    }
  }

  private init(path: String, metadata: [String: String], tensors: [Tensor], bytes: [UInt8]) {
    self.path = path
    self.metadata = metadata
    self.tensors = tensors
    self.bytes = bytes
    places = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
  }

  /// The same tensors under other names.
  ///
  /// - Throws: `FileError` when two tensors would have one name.
  package func renamed(_ rename: (String) -> String) throws(FileError) -> Safetensors {
    var names: Set<String> = []
    var renamed: [Tensor] = []
    for tensor in tensors {
      let name = rename(tensor.name)
      guard names.insert(name).inserted else {
        throw FileError(path: path, .invalid("holds the tensor \"\(name)\" under two names"))
      }
      renamed.append(
        Tensor(name: name, element: tensor.element, shape: tensor.shape, range: tensor.range))
    }
    return Safetensors(path: path, metadata: metadata, tensors: renamed, bytes: bytes)
  }

  /// The tensors whose names begin with `prefix`, under the rest of their names. It goes by bytes: of characters
  /// a rest that begins with an accent would be one with the prefix's last letter.
  package func part(_ prefix: String) -> Safetensors {
    let part = tensors.filter { $0.name.utf8.starts(with: prefix.utf8) }.map {
      Tensor(
        name: String(Substring($0.name.utf8.dropFirst(prefix.utf8.count))), element: $0.element,
        shape: $0.shape,
        range: $0.range)
    }
    return Safetensors(path: path, metadata: metadata, tensors: part, bytes: bytes)
  }

  // MARK: Numbers

  /// The tensor of that name.
  ///
  /// - Throws: `FileError` when there is none.
  package func tensor(_ name: String) throws(FileError) -> Tensor {
    guard let place = places[name] else {
      throw FileError(path: path, .invalid("lacks the tensor \"\(name)\""))
    }
    return tensors[place]
  }

  /// The values of a floating tensor as Float; F16 and BF16 exactly, F64 rounded.
  ///
  /// - Throws: `FileError` when there is no such tensor or it is not of a floating type.
  package func floats(_ name: String) throws(FileError) -> [Float] {
    let tensor = try tensor(name)
    switch tensor.element {
    case .float32: return elements(of: bytes, in: tensor.range)
    case .float16: return Numerics.floats(float16: elements(of: bytes, in: tensor.range))
    case .bfloat16: return Numerics.floats(bfloat16: elements(of: bytes, in: tensor.range))
    case .float64:
      return Numerics.floats(float64: elements(of: bytes, in: tensor.range))
    default: throw mismatch(tensor, "floating-point numbers")
    }
  }

  /// The values of an F64 tensor.
  ///
  /// - Throws: `FileError` when there is no such tensor or it is of another type.
  package func doubles(_ name: String) throws(FileError) -> [Double] {
    let tensor = try tensor(name)
    guard tensor.element == .float64 else { throw mismatch(tensor, "F64") }
    return elements(of: bytes, in: tensor.range)
  }

  /// The values of an integer tensor of any width but U64.
  ///
  /// - Throws: `FileError` when there is no such tensor or it is of another type.
  package func integers(_ name: String) throws(FileError) -> [Int] {
    let tensor = try tensor(name)
    switch tensor.element {
    case .int64: return elements(of: bytes, in: tensor.range, as: Int.self)
    case .uint32: return elements(of: bytes, in: tensor.range, as: UInt32.self).map { Int($0) }
    case .int32: return elements(of: bytes, in: tensor.range, as: Int32.self).map { Int($0) }
    case .uint16: return elements(of: bytes, in: tensor.range, as: UInt16.self).map { Int($0) }
    case .int16: return elements(of: bytes, in: tensor.range, as: Int16.self).map { Int($0) }
    case .int8: return elements(of: bytes, in: tensor.range, as: Int8.self).map { Int($0) }
    case .uint8: return bytes[tensor.range].map { Int($0) }
    default: throw mismatch(tensor, "integers")
    }
  }

  /// The values of a U8 tensor.
  ///
  /// - Throws: `FileError` when there is no such tensor or it is of another type.
  package func octets(_ name: String) throws(FileError) -> [UInt8] {
    let tensor = try tensor(name)
    guard tensor.element == .uint8 else { throw mismatch(tensor, "U8") }
    return Array(bytes[tensor.range])
  }

  private func mismatch(_ tensor: Tensor, _ wanted: String) -> FileError {
    let found = tensor.element.rawValue
    return FileError(
      path: path, .invalid("the tensor \"\(tensor.name)\" holds \(found), not \(wanted)"))
  }
}
