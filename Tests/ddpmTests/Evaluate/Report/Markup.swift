// Reads markup the simplest way, to see that it is well-formed.

import Testing

/// The elements of a page, in the order in which they begin.
struct Markup {
  private(set) var elements: [(name: String, attributes: [String: String])] = []
  /// All text outside tags.
  private(set) var text = ""

  /// Fails the test where tags do not nest, an attribute has no quotes or a text is not escaped.
  init(_ page: String) throws {
    var rest = page[...]
    var open: [String] = []
    while let start = rest.firstIndex(of: "<") {
      try add(rest[..<start])
      let end = try #require(rest[start...].firstIndex(of: ">"))
      var tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("!DOCTYPE") { continue }
      if tag.hasPrefix("/") {
        try #require(open.popLast() == String(tag.dropFirst()), "</\(tag)")
        continue
      }
      let isClosed = tag.hasSuffix("/")
      if isClosed { tag = tag.dropLast() }
      let name = String(tag.prefix { $0 != " " })
      elements.append((name, try attributes(tag.dropFirst(name.count))))
      if !isClosed { open.append(name) }
    }
    try add(rest)
    try #require(open.isEmpty, "\(open) are not closed")
  }

  private mutating func add(_ text: Substring) throws {
    try #require(!text.contains(">") && Self.isEscaped(text), "\(text.prefix(80))")
    self.text += text
  }

  private func attributes(_ text: Substring) throws -> [String: String] {
    var attributes: [String: String] = [:]
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false).dropLast()
    try #require(parts.count.isMultiple(of: 2), "\(text.prefix(80))")
    for pair in stride(from: 0, to: parts.count, by: 2) {
      let name = parts[pair].drop { $0 == " " }
      try #require(name.hasSuffix("=") && Self.isEscaped(parts[pair + 1]), "\(name)")
      try #require(attributes[String(name.dropLast())] == nil, "\(name) stands twice")
      attributes[String(name.dropLast())] = String(parts[pair + 1])
    }
    return attributes
  }

  /// Whether every ampersand begins one of the four names that are written.
  private static func isEscaped(_ text: Substring) -> Bool {
    text.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy { part in
      ["amp;", "lt;", "gt;", "quot;"].contains { part.hasPrefix($0) }
    }
  }
}
