// Access to what a JSON value holds, and JSON from optional values.

extension JSON {
  /// The value of an object's key; nil where there is none, and for a value that is not an object.
  package func member(_ key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// A number of either spelling; nil for a value that is not a number.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A whole number without its ".0", as Python writes what it holds as an integer.
  package static func shortest(_ value: Double) -> JSON {
    Int(exactly: value).map(JSON.integer) ?? .number(value)
  }

  /// null for nil.
  package static func optional(_ value: Int?) -> JSON {
    value.map(JSON.integer) ?? .null
  }
}
