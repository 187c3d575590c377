// The header of a safetensors file, read so that no later access can leave the file.

internal import Numerics

/// A header whose every claim holds for the file it came from.
struct SafetensorsHeader {
  /// Why bytes are not a safetensors file.
  struct Fault: Error {
    let reason: String
  }

  let metadata: [String: String]
  /// In the order of their bytes.
  let tensors: [Safetensors.Tensor]

  /// The bytes of the length that precedes the header.
  static let lengthWidth = MemoryLayout<UInt64>.size
  /// The format's own limit.
  private static let maximumLength = 100_000_000
  /// The header's key that is not a tensor.
  static let metadataKey = "__metadata__"

  /// What git leaves in place of a large file's content.
  private static let pointer = Array("version https://git-lfs".utf8)

  /// Reads and checks a header.
  ///
  /// - Parameter bytes: the whole file; nothing is allocated because of what it claims.
  init(of bytes: [UInt8]) throws(Fault) {
    guard !bytes.starts(with: Self.pointer) else {
      throw Fault(reason: "it is a git-lfs pointer: fetch the content with git lfs pull")
    }
    guard bytes.count >= Self.lengthWidth else {
      throw Fault(reason: "\(bytes.count) bytes are too few for its header's length")
    }
    let length = elements(of: bytes, in: 0..<Self.lengthWidth, as: UInt64.self)[0]
    let available = min(bytes.count - Self.lengthWidth, Self.maximumLength)
    guard length <= available else {
      throw Fault(reason: "it claims a header of \(length) bytes but can hold only \(available)")
    }
    let bodyStart = Self.lengthWidth + Int(length)
    let header = bytes[Self.lengthWidth..<bodyStart]
    guard header.first == UInt8(ascii: "{") else {
      throw Fault(reason: "its header does not begin with '{'")
    }
    guard case .object(let members) = try Self.parse(header) else {
      throw Fault(reason: "its header is not an object")
    }
    var metadata: [String: String] = [:]
    var tensors: [Safetensors.Tensor] = []
    for member in members {
      if member.key == Self.metadataKey {
        metadata = try Self.metadata(member.value)
      } else {
        try tensors.append(Self.tensor(member, bodyStart..<bytes.count))
      }
    }
    self.metadata = metadata
    self.tensors = tensors.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try checkCoverage(of: bodyStart..<bytes.count)
  }

  private static func parse(_ header: ArraySlice<UInt8>) throws(Fault) -> JSON {
    do {
      return try JSON.parse(header)
    } catch {
      throw Fault(reason: "its header is not JSON: \(error)")
    }
  }

  private static func metadata(_ value: JSON) throws(Fault) -> [String: String] {
    guard case .object(let members) = value else {
      throw Fault(reason: "its metadata is not an object")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw Fault(reason: "its metadata \"\(member.key)\" is \(member.value.kind), not a string")
      }
      metadata[member.key] = text
    }
    return metadata
  }

  private static func tensor(
    _ member: JSON.Member, _ body: Range<Int>
  ) throws(Fault) -> Safetensors.Tensor {
    let name = member.key
    func fault(_ reason: String) -> Fault { Fault(reason: "the tensor \"\(name)\" \(reason)") }
    // No file is named after a tensor here, but elsewhere one may be: names that could do harm there are
    // refused.
    let scalars = name.unicodeScalars
    let isPlain = scalars.allSatisfy { $0.properties.generalCategory != .control }
    let goesUp = scalars.split(separator: "/").contains { $0.elementsEqual("..".unicodeScalars) }
    guard isPlain, !goesUp else {
      throw fault("has a control character or \"..\" in its name")
    }
    guard case .object(let fields) = member.value else {
      throw fault("is \(member.value.kind), not an object")
    }
    var values: [String: JSON] = [:]
    for field in fields { values[field.key] = field.value }
    guard let typeName = values["dtype"], let shapeList = values["shape"],
      let offsetList = values["data_offsets"], fields.count == 3
    else { throw fault("needs exactly dtype, shape and data_offsets") }
    guard case .string(let type) = typeName, let element = Safetensors.Element(rawValue: type)
    else { throw fault("has an unsupported dtype, \(typeName.text(.compact))") }
    guard let shape = sizes(shapeList) else {
      throw fault("has a shape that is not a list of integers from 0")
    }
    guard let offsets = sizes(offsetList), offsets.count == 2, offsets[0] <= offsets[1],
      offsets[1] <= body.count
    else { throw fault("has data_offsets that are not a range of the file's \(body.count) bytes") }
    guard (shape + [element.width]).checkedProduct == offsets[1] - offsets[0] else {
      throw fault("has \(offsets[1] - offsets[0]) bytes, which do not fit \(type) \(shape)")
    }
    return Safetensors.Tensor(
      name: name, element: element, shape: shape,
      range: body.lowerBound + offsets[0]..<body.lowerBound + offsets[1])
  }

  private static func sizes(_ value: JSON) -> [Int]? {
    guard case .array(let elements) = value else { return nil }
    var sizes: [Int] = []
    for element in elements {
      guard case .integer(let size) = element, size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }

  /// Every byte of the body belongs to exactly one tensor.
  private func checkCoverage(of body: Range<Int>) throws(Fault) {
    var covered = body.lowerBound
    for tensor in tensors {
      if tensor.range.lowerBound < covered {
        throw Fault(reason: "the tensor \"\(tensor.name)\" overlaps the one before it")
      }
      if tensor.range.lowerBound > covered {
        throw Fault(reason: "unused bytes lie before the tensor \"\(tensor.name)\"")
      }
      covered = tensor.range.upperBound
    }
    if covered < body.upperBound {
      throw Fault(reason: "\(body.upperBound - covered) bytes follow its last tensor")
    }
  }
}
