// The bytes of a safetensors file, the same ones the reference implementation in Rust writes.

internal import Numerics

extension Safetensors {
  /// A tensor to be written.
  package struct Entry: Sendable {
    package let name: String
    package let shape: [Int]
    package let values: Values

    /// - Parameters:
    ///   - name: unique in its file.
    ///   - shape: outermost dimension first; its product is the number of values.
    ///   - values: the values, the last dimension fastest.
    package init(_ name: String, shape: [Int], _ values: Values) {
      precondition(
        shape.reduce(1, *) == values.count,
        "\(name): \(values.count) values for shape \(shape)")
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// The values of a tensor to be written; the case decides the type in the file.
  package enum Values: Sendable {
    case floats([Float])
    /// As many floats, made when they are written: a training's state need not be in memory twice.
    case floatsLater(count: Int, @Sendable () -> [Float])
    case doubles([Double])
    case integers([Int])
    case octets([UInt8])

    var count: Int {
      switch self {
      case .floats(let values): values.count
      case .floatsLater(let count, _): count
      case .doubles(let values): values.count
      case .integers(let values): values.count
      case .octets(let values): values.count
      }
    }

    var element: Element {
      switch self {
      case .floats, .floatsLater: .float32
      case .doubles: .float64
      case .integers: .int64
      case .octets: .uint8
      }
    }

    var bytes: [UInt8] {
      switch self {
      case .floats(let values): littleEndianBytes(of: values)
      case .floatsLater(_, let make): littleEndianBytes(of: make())
      case .doubles(let values): littleEndianBytes(of: values)
      case .integers(let values): littleEndianBytes(of: values)
      case .octets(let values): values
      }
    }
  }

  /// A file that holds the entries: types by falling width, then names by their bytes; the header
  /// padded with spaces so that the data starts at a multiple of eight.
  ///
  /// - Parameters:
  ///   - entries: in any order; no name twice.
  ///   - metadata: `format: pt` is what PyTorch's readers look for.
  package static func encode(
    _ entries: [Entry], metadata: [String: String] = ["format": "pt"]
  ) -> [UInt8] {
    chunks(entries, metadata: metadata).reduce(into: []) { $0 += $1 }
  }

  /// The same bytes piece by piece, for a file that is too large to be in memory twice.
  package static func chunks(
    _ entries: [Entry], metadata: [String: String]
  ) -> some Sequence<[UInt8]> {
    let order = Dictionary(
      uniqueKeysWithValues: Element.allCases.enumerated().map { ($1, $0) })
    let sorted = entries.sorted { a, b in
      let (first, second) = (
        order[a.values.element, default: 0], order[b.values.element, default: 0]
      )
      return first == second
        ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8) : first < second
    }
    var offset = 0
    let tensors = sorted.map { entry in
      let end = offset + entry.values.count * entry.values.element.width
      defer { offset = end }
      return JSON.Member(
        entry.name,
        .object([
          JSON.Member("dtype", .string(entry.values.element.rawValue)),
          JSON.Member("shape", .array(entry.shape.map(JSON.integer))),
          JSON.Member("data_offsets", [.integer(offset), .integer(end)]),
        ]))
    }
    let notes = JSON.object(metadata.map { JSON.Member($0, .string($1)) }).sorted
    let members = [JSON.Member(SafetensorsHeader.metadataKey, notes)] + tensors
    var header = Array(JSON.object(members).text(.compact).utf8)
    let alignment = SafetensorsHeader.lengthWidth
    let padding = (alignment - header.count % alignment) % alignment
    header += [UInt8](repeating: UInt8(ascii: " "), count: padding)
    let start = littleEndianBytes(of: [UInt64(header.count)]) + header
    return (-1..<sorted.count).lazy.map { $0 < 0 ? start : sorted[$0].values.bytes }
  }
}
