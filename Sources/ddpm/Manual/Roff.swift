// The source of a manual page: the macros of man(7), and texts in which nothing is taken for one.

/// A page that grows line by line.
struct Roff {
  private var lines: [String] = []

  /// Begins a page with a comment and its title line.
  ///
  /// - Parameters:
  ///   - comment: what the file says about itself.
  ///   - name: what the page is about.
  ///   - section: of the manual; 1 is programs.
  ///   - source: the program and its version.
  init(comment: String, name: String, section: Int, source: String) {
    lines.append(".\\\" " + comment)
    // No date: the same program prints the same page on every day.
    let words = ["\(name.uppercased())", "\(section)", "", source, "User Commands"]
    macro("TH", words.map { .plain($0) })
    // Flags and paths are neither broken nor pulled apart.
    lines += [".nh", ".ad l"]
  }

  /// The whole page.
  var source: String { lines.map { $0 + "\n" }.joined() }

  /// Begins a section.
  mutating func section(_ title: String) { macro("SH", [.plain(title)]) }

  /// Begins a part of a section.
  mutating func subsection(_ title: String) { macro("SS", [.plain(title)]) }

  /// Adds a paragraph.
  mutating func paragraph(_ text: Text) {
    lines.append(".PP")
    body(text)
  }

  /// Adds a line of text: the first of a section, or one that goes on where a line was broken.
  mutating func line(_ text: Text) { body(text) }

  /// Begins a new line.
  mutating func lineBreak() { lines.append(".br") }

  /// Adds a name with what it means indented below or beside it.
  mutating func item(_ name: Text, _ meaning: Text) {
    lines.append(".TP")
    body(name)
    body(meaning)
  }

  private mutating func macro(_ name: String, _ words: [Text]) {
    lines.append(([".\(name)"] + words.map { "\"\($0.source)\"" }).joined(separator: " "))
  }

  /// A line that begins with a dot would be a macro; apostrophes are escaped wherever they are.
  private mutating func body(_ text: Text) {
    lines.append(text.source.hasPrefix(".") ? "\\&" + text.source : text.source)
  }
}

extension Roff {
  /// Text with its fonts, escaped.
  struct Text {
    fileprivate let source: String

    static func plain(_ text: String) -> Text { Text(source: escaped(text)) }
    static func bold(_ text: String) -> Text { Text(source: "\\fB\(escaped(text))\\fR") }
    static func italic(_ text: String) -> Text { Text(source: "\\fI\(escaped(text))\\fR") }

    static func + (a: Text, b: Text) -> Text { Text(source: a.source + b.source) }
  }

  /// What roff would read as something else, or print as another character than the one written: its
  /// hyphens, accents and quotes are not those that a shell knows.
  private static let escapes: [Unicode.Scalar: String] = [
    "\\": "\\(rs", "-": "\\-", "'": "\\(aq", "\"": "\\(dq", "`": "\\(ga", "^": "\\(ha",
    "~": "\\(ti", "\n": " ",
  ]

  /// The text as roff prints it unchanged; characters beyond ASCII by their numbers, since not every roff
  /// reads UTF-8.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      if let escape = escapes[scalar] { return escape }
      guard !scalar.isASCII else { return String(scalar) }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
    }.joined()
  }
}
