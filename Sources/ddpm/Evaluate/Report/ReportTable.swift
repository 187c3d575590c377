// A table of the report, before it becomes text, Markdown or HTML.

import Foundation

/// A table with what there is to say about it.
struct ReportTable: Sendable {
  /// A cell's text and, where there is a floor, how far its number is from it.
  struct Cell: Sendable {
    let text: String
    /// 0 is as good as real images, 1 as bad as the colours go; nil is no colour.
    var heat: Double?

    init(_ text: String, heat: Double? = nil) {
      (self.text, self.heat) = (text, heat.map { min(1, max(0, $0)) })
    }
  }

  let title: String
  let columns: [Table.Column]
  var rows: [[Cell]] = []
  /// How to read it.
  var note = ""

  /// The most characters in a line of text; longer lines are hard to read.
  static let widest = 96

  private var table: Table {
    var table = Table(columns)
    for row in rows { table.add(row.map(\.text)) }
    return table
  }

  /// Title, columns and note for a terminal.
  func plain(on terminal: Terminal) -> String {
    let note = note.isEmpty ? [] : note.wrapped(to: Self.widest)
    return ([terminal.paint(title, .bold)] + (rows.isEmpty ? [] : table.lines) + note).joined(
      separator: "\n")
  }

  /// The same as Markdown.
  var markdown: String {
    (["### \(title)"] + (rows.isEmpty ? [] : [""] + table.markdown)
      + (note.isEmpty ? [] : ["", note]))
      .joined(separator: "\n")
  }
}

extension Measured {
  /// The number with its error, as exact as the error lets it be.
  var text: String {
    guard let error, error > 0 else { return brief }
    return "\(spelled(value)) ± \(spelled(error))"
  }

  /// The number alone.
  var brief: String { spelled(value) }

  private func spelled(_ number: Double) -> String {
    let known = error.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    let places = known.map { errorDigits - 1 - Int(floor(log10($0))) } ?? usualDecimals
    let least = pow(10, -Double(places))
    if places > mostDecimals || (known == nil && abs(value) < 10 * least) {
      return number == 0 ? "0" : scientific(number)
    }
    return decimals(number, max(0, places))
  }
}

/// Decimals of a number without an error, and the most of any other.
private let (usualDecimals, mostDecimals) = (4, 5)
/// Significant digits of an error, which is itself an estimate.
private let errorDigits = 2
