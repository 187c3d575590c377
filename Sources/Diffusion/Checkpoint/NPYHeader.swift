// The header of a .npy file: a Python dictionary of element type, order and shape.

internal import Numerics

struct NPYHeader {
  /// Why a file is not an array of images.
  struct Fault: Error {
    let reason: String
  }

  enum Element: String, CaseIterable {
    case float16 = "<f2"
    case float32 = "<f4"
    case float64 = "<f8"

    var width: Int {
      switch self {
      case .float16: 2
      case .float32: 4
      case .float64: 8
      }
    }
  }

  let element: Element
  let shape: [Int]
  /// Where the numbers begin in the file.
  let dataStart: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  static let alignment = 64

  init(of bytes: [UInt8]) throws(Fault) {
    guard bytes.starts(with: Self.magic), bytes.count > Self.magic.count + 2 else {
      throw Fault(reason: "is not a NumPy array (.npy) file")
    }
    let lengthStart = Self.magic.count + 2
    let version = bytes[Self.magic.count]
    guard version == 1 || version == 2, bytes[Self.magic.count + 1] == 0 else {
      throw Fault(reason: "is a .npy file of version \(version), not 1 or 2")
    }
    let textStart = lengthStart + (version == 1 ? 2 : 4)
    guard bytes.count >= textStart else { throw Fault(reason: "ends within its header") }
    let lengthBytes = lengthStart..<textStart
    let length =
      version == 1
      ? Int(elements(of: bytes, in: lengthBytes, as: UInt16.self)[0])
      : Int(elements(of: bytes, in: lengthBytes, as: UInt32.self)[0])
    guard length <= bytes.count - textStart else { throw Fault(reason: "ends within its header") }
    dataStart = textStart + length
    var dictionary = PythonDictionary(text: bytes[textStart..<dataStart])
    guard let fields = dictionary.parse(), fields.count == 3, let type = fields["descr"],
      let order = fields["fortran_order"], case .tuple(let shape) = fields["shape"]
    else { throw Fault(reason: "has a malformed .npy header") }
    guard case .string(let name) = type, let element = Element(rawValue: name) else {
      throw Fault(reason: "holds elements of type \(type); save it with .astype('<f4')")
    }
    guard order == .bool(false) else {
      throw Fault(reason: "is in Fortran order; save it with numpy.ascontiguousarray")
    }
    self.element = element
    self.shape = shape
  }

  /// The size of the images the shape describes.
  func imageSize() throws(Fault) -> ImageSize {
    guard shape.count == 3 || shape.count == 4 else {
      throw Fault(reason: "has shape \(shape); images need [N, C, H, W] or [N, H, W]")
    }
    guard let values = shape.checkedProduct, values > 0 else {
      throw Fault(reason: "has shape \(shape), which holds no image")
    }
    return ImageSize(
      height: shape[shape.count - 2], width: shape[shape.count - 1],
      channels: shape.count == 4 ? shape[1] : 1)
  }
}

/// The part of Python's literals that `numpy.save` writes.
private struct PythonDictionary {
  enum Value: Equatable, CustomStringConvertible {
    case string(String)
    case bool(Bool)
    case tuple([Int])

    var description: String {
      switch self {
      case .string(let text): "'\(text)'"
      case .bool(let value): value ? "True" : "False"
      case .tuple(let sizes): "\(sizes)"
      }
    }
  }

  var text: ArraySlice<UInt8>

  /// nil where the text is anything but one dictionary of distinct keys.
  mutating func parse() -> [String: Value]? {
    guard take("{") else { return nil }
    var fields: [String: Value] = [:]
    while !take("}") {
      guard let key = string(), fields[key] == nil, take(":"), let value = value() else {
        return nil
      }
      fields[key] = value
      if !take(",") {
        guard take("}") else { return nil }
        break
      }
    }
    skipSpace()
    return text.isEmpty ? fields : nil
  }

  private mutating func value() -> Value? {
    if take("True") { return .bool(true) }
    if take("False") { return .bool(false) }
    if take("(") { return tuple() }
    return string().map(Value.string)
  }

  private mutating func tuple() -> Value? {
    var sizes: [Int] = []
    while !take(")") {
      let digits = text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard let size = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
      text = text.dropFirst(digits.count)
      sizes.append(size)
      if !take(",") { return take(")") ? .tuple(sizes) : nil }
      skipSpace()
    }
    return .tuple(sizes)
  }

  private mutating func string() -> String? {
    guard let quote = take("'") ? "'" : take("\"") ? "\"" : nil as Unicode.Scalar?,
      let end = text.firstIndex(of: UInt8(ascii: quote))
    else { return nil }
    defer { text = text[(end + 1)...] }
    return String(validating: text[..<end], as: UTF8.self)
  }

  private mutating func take(_ token: String) -> Bool {
    skipSpace()
    guard text.starts(with: token.utf8) else { return false }
    text = text.dropFirst(token.utf8.count)
    return true
  }

  private mutating func skipSpace() {
    text = text.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }
}
