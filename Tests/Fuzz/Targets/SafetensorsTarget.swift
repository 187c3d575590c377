// Safetensors: the header, and every number behind it.

import Files
import Numerics

extension FuzzTarget {
  /// The content is, of each tensor in the order of the names' bytes, its name, type, shape and numbers.
  static let safetensors = FuzzTarget("safetensors") { bytes in
    let file = try Safetensors(bytes: bytes, path: path)
    let written = try Safetensors.encode(file.entries(), metadata: file.metadata)
    let again = try Safetensors(bytes: written, path: path)
    demand(again.metadata == file.metadata, "metadata change by writing")
    demand(
      try Safetensors.encode(again.entries(), metadata: again.metadata) == written,
      "changes by writing again")
    demand(file.part("").tensors == file.tensors, "every name begins with nothing")
    demand(try file.renamed { "x" + $0 }.part("x").tensors == file.tensors, "changes by renaming")
    return try file.content()
  }
}

extension Safetensors {
  /// Every tensor of a type that can be written.
  fileprivate func entries() throws -> [Entry] {
    try tensors.compactMap { tensor in
      try values(of: tensor).map { Entry(tensor.name, shape: tensor.shape, $0) }
    }
  }

  /// The numbers of a tensor; nil for types that are passed over.
  private func values(of tensor: Tensor) throws -> Values? {
    switch tensor.element {
    case .float64: .doubles(try doubles(tensor.name))
    case .float32, .float16, .bfloat16: .floats(try floats(tensor.name))
    case .uint8: .octets(try octets(tensor.name))
    case .int64, .uint32, .int32, .uint16, .int16, .int8: .integers(try integers(tensor.name))
    case .uint64, .complex64, .bool: nil
    }
  }

  fileprivate func content() throws -> [UInt8] {
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return try sorted.flatMap { tensor in
      let head = Array("\(tensor.name)\0\(tensor.element.rawValue) \(tensor.shape)\n".utf8)
      return switch tensor.element {
      case .float64, .float32, .float16, .bfloat16:
        head + littleEndianBytes(of: try floats(tensor.name).map { $0.isNaN ? .nan : $0 })
      case .uint64, .complex64, .bool: head
      default: head + littleEndianBytes(of: try integers(tensor.name))
      }
    }
  }
}
