// A dictionary as Python spells it, which is what the header of a .npy file is.

/// The part of Python's literals that `numpy.save` writes.
struct PythonDictionary {
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
