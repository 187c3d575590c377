// Text in aligned columns.

import Foundation

/// Rows of text under headings, each column as wide as its widest cell.
package struct Table: Sendable {
  /// At which side of its column a cell stands.
  package enum Alignment: Sendable {
    /// For words.
    case left
    /// For numbers.
    case right
  }

  /// A heading and how what is below it is aligned.
  package struct Column: Sendable {
    let heading: String
    let alignment: Alignment

    package init(_ heading: String, _ alignment: Alignment = .right) {
      self.heading = heading
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  package init(_ columns: Column...) { self.init(columns) }

  package init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row: one cell per column.
  package mutating func add(_ row: [String]) {
    precondition(
      row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
    rows.append(row)
  }

  /// The headings and the rows, a line each, without spaces at the ends of lines.
  package var lines: [String] {
    let rows = [columns.map(\.heading)] + rows
    let widths = columns.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = columns.indices.map { pad(row[$0], to: widths[$0], columns[$0].alignment) }
      return trimmed(cells.joined(separator: "  "))
    }
  }

  /// The same as a Markdown table, a line each; texts in it may hold no vertical bar.
  package var markdown: [String] {
    let rules = columns.map { $0.alignment == .left ? ":--" : "--:" }
    return ([columns.map(\.heading), rules] + rows).map { row in
      "| " + row.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " | ") + " |"
    }
  }

  private func pad(_ cell: String, to width: Int, _ alignment: Alignment) -> String {
    let spaces = String(repeating: " ", count: width - cell.count)
    return alignment == .left ? cell + spaces : spaces + cell
  }

  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
