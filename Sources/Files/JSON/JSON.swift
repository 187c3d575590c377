// A JSON value that keeps the order of its keys and the difference between 2 and 2.0.
//
// Foundation's decoder accepts duplicate keys, trailing commas and 2.0 where an integer is expected; a
// checkpoint's header must be refused for each of them.

/// A JSON value (RFC 8259).
package enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent.
  case integer(Int)
  /// A number written with a fraction or an exponent; always finite.
  case number(Double)
  case string(String)
  case array([JSON])
  /// The members in the order of the text; no key stands twice.
  case object([Member])

  /// A key of an object with its value.
  package struct Member: Equatable, Sendable {
    package let key: String
    package let value: JSON

    package init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// What the value is, with its article, for messages.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a Boolean"
    case .integer: "an integer"
    case .number: "a number with a fraction or exponent"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

/// Why a text is not JSON, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  /// The first line is 1.
  package let line: Int
  /// In bytes; the first column is 1.
  package let column: Int
  package let reason: String

  /// "line 3, column 7: a comma before '}'".
  package var description: String { "line \(line), column \(column): \(reason)" }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}
