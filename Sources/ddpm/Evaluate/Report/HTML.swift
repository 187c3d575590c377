// Markup as values: elements nest, and texts are escaped where they are written.

import Diffusion

/// A piece of an HTML page, written so that it is well-formed XML too.
package indirect enum HTML: Sendable {
  case text(String)
  case element(String, [Attribute], [HTML])
  /// Several pieces side by side.
  case group([HTML])

  package struct Attribute: Sendable {
    let name: String
    let value: String
  }

  /// Elements without content, which have no closing tag.
  private static let void: Set<String> = ["br", "hr", "img", "meta"]

  /// The markup.
  package var markup: String {
    var output = ""
    write(to: &output)
    return output
  }

  private func write(to output: inout String) {
    switch self {
    case .text(let text): output += text.escaped
    case .group(let pieces): for piece in pieces { piece.write(to: &output) }
    case .element(let name, let attributes, let content):
      output += "<" + name
      for attribute in attributes { output += " \(attribute.name)=\"\(attribute.value.escaped)\"" }
      if HTML.void.contains(name) {
        output += "/>"
        return
      }
      output += ">"
      for piece in content { piece.write(to: &output) }
      output += "</\(name)>"
    }
  }
}

extension HTML: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
}

/// An element: its name, its attributes, its content.
package func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: HTML...
) -> HTML {
  tag(name, attributes, content)
}

/// The same with its content as a list.
package func tag(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: [HTML]
) -> HTML {
  .element(name, attributes.map { HTML.Attribute(name: $0.key, value: $0.value) }, content)
}

extension String {
  /// The text with markup's special characters escaped; control characters, which XML cannot express,
  /// are shown as their codes.
  fileprivate var escaped: String {
    let shown = unicodeScalars.contains { $0.value < 32 && $0 != "\n" } ? printable : self
    var output = ""
    for character in shown.unicodeScalars {
      switch character {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      default: output.unicodeScalars.append(character)
      }
    }
    return output
  }
}
