// Writes JSON as Python's json.dumps and Rust's serde_json do, so that files compare byte for byte.

import Foundation

extension JSON {
  /// How a value is laid out.
  package enum Layout: Sendable {
    /// No space at all: `{"a":[1,2]}`.
    case compact
    /// One line per element, indented by two spaces, as diffusers writes its configurations.
    case indented
  }

  /// The value as text; members keep their order and floats the shortest digits that read back.
  package func text(_ layout: Layout) -> String {
    var output = ""
    write(to: &output, layout, depth: 0)
    return output
  }

  /// The same value with every object's members in the order of their keys' bytes.
  package var sorted: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sorted))
    case .object(let members):
      .object(
        members.map { Member($0.key, $0.value.sorted) }
          .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    case .null, .bool, .integer, .number, .string: self
    }
  }

  private func write(to output: inout String, _ layout: Layout, depth: Int) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .number(let value):
      precondition(value.isFinite, "JSON has no spelling for \(value)")
      output += JSON.digits(of: value)
    case .string(let value): output += JSON.quoted(value)
    case .array(let elements):
      JSON.writeList(elements, "[", "]", to: &output, layout, depth: depth) { element, output in
        element.write(to: &output, layout, depth: depth + 1)
      }
    case .object(let members):
      JSON.writeList(members, "{", "}", to: &output, layout, depth: depth) { member, output in
        output += JSON.quoted(member.key) + (layout == .compact ? ":" : ": ")
        member.value.write(to: &output, layout, depth: depth + 1)
      }
    }
  }

  private static func writeList<Item>(
    _ items: [Item], _ open: String, _ close: String, to output: inout String, _ layout: Layout,
    depth: Int, item: (Item, inout String) -> Void
  ) {
    func newLine(_ depth: Int) {
      if layout == .indented { output += "\n" + String(repeating: "  ", count: depth) }
    }
    output += open
    for (index, value) in items.enumerated() {
      if index > 0 { output += "," }
      newLine(depth + 1)
      item(value, &output)
    }
    if !items.isEmpty { newLine(depth) }
    output += close
  }

  /// The shortest digits that read back: Swift writes exponents from 2^53 on, Python and Rust from 10^16 on.
  private static func digits(of value: Double) -> String {
    (0x1p53..<1e16).contains(value.magnitude) ? "\(Int(value)).0" : value.description
  }

  private static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{8}": output += "\\b"
      case "\u{c}": output += "\\f"
      case "\0"..<" ": output += String(format: "\\u%04x", scalar.value)
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }
}
