// Reads JSON strictly: what RFC 8259 does not allow is refused, with its place and the reason.

extension JSON {
  /// Which spellings are read beside those of RFC 8259.
  package enum Dialect: Sendable {
    /// None.
    case strict
    /// The words by which Python's json module writes what is infinite; they become strings.
    case python
  }

  /// The value a text of UTF-8 bytes spells.
  ///
  /// Stricter than RFC 8259 demands where leniency hides faults: an object must not name a key
  /// twice, integers must fit 64 bits, other numbers must be finite, and lists and objects nest at
  /// most 64 deep.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - dialect: what else is read.
  /// - Throws: `JSONError`, the first fault with its place.
  package static func parse(
    _ bytes: some Sequence<UInt8>, _ dialect: Dialect = .strict
  ) throws(JSONError) -> JSON {
    var bytes = Array(bytes)
    if bytes.starts(with: byteOrderMark) { bytes.removeFirst(byteOrderMark.count) }
    var parser = JSONParser(bytes: bytes, dialect: dialect)
    return try parser.document()
  }

  /// What editors on Windows leave before a text.
  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
}

/// A recursive descent over the bytes of a text.
private struct JSONParser {
  let bytes: [UInt8]
  let dialect: JSON.Dialect
  var position = 0

  /// Deeper texts are hostile, not configurations; it bounds the recursion.
  private static let maximumDepth = 64
  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  mutating func document() throws(JSONError) -> JSON {
    let value = try self.value(depth: 0)
    skipSpace()
    if position < bytes.count { throw error("\(found) after the end of the value") }
    return value
  }

  /// - Parameter depth: how many lists and objects the value is in.
  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    skipSpace()
    switch next {
    case UInt8(ascii: "{") where depth == Self.maximumDepth,
      UInt8(ascii: "[") where depth == Self.maximumDepth:
      throw error("nested more than \(Self.maximumDepth) deep")
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), .some(Self.digits): return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "I") where dialect == .python: return try infinity("Infinity")
    default: throw error("\(found) where a value should be")
    }
  }

  // MARK: Objects and lists

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    var members: [JSON.Member] = []
    var keys: Set<String> = []
    try list(closedBy: "}") { parser throws(JSONError) in
      let start = parser.position
      guard parser.next == UInt8(ascii: "\"") else {
        throw parser.error("\(parser.found) where a key should be")
      }
      let key = try parser.string()
      guard keys.insert(key).inserted else {
        throw parser.error("the key \"\(key)\" stands twice", at: start)
      }
      parser.skipSpace()
      guard parser.take(":") else { throw parser.error("\(parser.found) where ':' should be") }
      members.append(JSON.Member(key, try parser.value(depth: depth + 1)))
    }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    var elements: [JSON] = []
    try list(closedBy: "]") { parser throws(JSONError) in
      elements.append(try parser.value(depth: depth + 1))
    }
    return .array(elements)
  }

  /// What objects and lists share: an opening byte, items with commas between, a closing byte.
  private mutating func list(
    closedBy close: Unicode.Scalar,
    item: (inout JSONParser) throws(JSONError) -> Void
  ) throws(JSONError) {
    position += 1
    skipSpace()
    if take(close) { return }
    while true {
      skipSpace()
      try item(&self)
      skipSpace()
      if take(close) { return }
      guard take(",") else { throw error("\(found) where ',' or '\(close)' should be") }
      skipSpace()
      if next == UInt8(ascii: close) { throw error("a comma before '\(close)'") }
    }
  }

  // MARK: Strings

  private mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw error("a string that is not valid UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw error("a control character in a string", at: position - 1)
      default: content.append(byte)
      }
    }
    throw error("a string without its closing quote", at: start)
  }

  /// The character an escape stands for, the backslash being read.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position - 1
    let byte = next
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(start: start)
    default: throw error("an unknown escape in a string", at: start)
    }
  }

  private mutating func unicodeEscape(start: Int) throws(JSONError) -> Unicode.Scalar {
    var units = [try hexUnit(start: start)]
    if UTF16.isLeadSurrogate(units[0]), take("\\"), take("u") {
      units.append(try hexUnit(start: start))
    }
    guard let text = String(validating: units, as: UTF16.self),
      let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1
    else { throw error("half of a surrogate pair in a string", at: start) }
    return scalar
  }

  private mutating func hexUnit(start: Int) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw error("an escape without its four hexadecimal digits", at: start)
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  // MARK: Numbers and words

  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    if dialect == .python, bytes[position...].starts(with: "-I".utf8) {
      return try infinity("-Infinity")
    }
    _ = take("-")
    let leadingZero = next == UInt8(ascii: "0")
    let whole = skipDigits()
    if whole == 0 || (leadingZero && whole > 1) { throw error("a malformed number", at: start) }
    var isInteger = true
    if take(".") {
      isInteger = false
      if skipDigits() == 0 { throw error("a malformed number", at: start) }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("-") { _ = take("+") }
      if skipDigits() == 0 { throw error("a malformed number", at: start) }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    if !isInteger, let value = Double(text), value.isFinite { return .number(value) }
    throw error("a number out of range", at: start)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, Self.digits.contains(byte) { position += 1 }
    return position - start
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else {
      throw error("\(found) where a value should be")
    }
    position += word.utf8.count
    return value
  }

  private mutating func infinity(_ word: String) throws(JSONError) -> JSON {
    try self.word(word, .string(word))
  }

  // MARK: Bytes

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while take(" ") || take("\n") || take("\r") || take("\t") {}
  }

  /// The next byte, for messages.
  private var found: String {
    guard let byte = next else { return "the end of the text" }
    return (0x21..<0x7f).contains(byte)
      ? "'\(Unicode.Scalar(byte))'" : "byte 0x\(String(byte, radix: 16))"
  }

  private func error(_ reason: String, at place: Int? = nil) -> JSONError {
    let before = bytes[..<min(place ?? position, bytes.count)]
    let newline = UInt8(ascii: "\n")
    let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
    return JSONError(
      line: 1 + before.count { $0 == newline }, column: 1 + before.count - lineStart,
      reason: reason)
  }
}
