// Where an evaluation's report goes: the page, the numbers, the tables, the pictures.

import Diffusion
import Foundation

/// The folder of a report.
struct EvaluationFolder {
  let path: String
  /// The measurements that the report is made of.
  let kept: KeptResults

  /// Images of a cell's grid.
  static let gridCount = 64
  private static let keptName = "kept"

  init(_ path: String) {
    self.path = path
    kept = KeptResults(folder: Path.join(path, Self.keptName))
  }

  private func below(_ name: String) -> String { Path.join(path, name) }

  /// The page's path.
  var pagePath: String { below("report.html") }

  /// Creates the folder, and makes sure that it can be written to before work is done for it.
  ///
  /// - Throws: `FileError`.
  func create() throws(FileError) {
    try createFolder(path)
    try createFolder(kept.folder)
    for place in [path, kept.folder] where access(place, W_OK) != 0 {
      throw FileError(path: place, .uncreatable(errno))
    }
  }

  /// Draws a grid.
  ///
  /// - Parameters:
  ///   - grid: what to draw.
  ///   - name: the file's name without its ending.
  ///   - text: what to note in the file.
  /// - Returns: the picture, nil for images that are neither grey nor RGB.
  /// - Throws: `FileError`.
  func draw(
    _ grid: Picture, _ name: String, text: [(key: String, value: String)]
  ) throws(FileError) -> EvaluationReport.Picture? {
    let bytes: [UInt8]
    do { bytes = try PNG.encode(grid, text: text) } catch { return nil }
    let file = "\(name).png"
    try AtomicFile.write(bytes, to: below(file))
    return .init(name: file, bytes: bytes, width: grid.width, height: grid.height)
  }

  /// Writes the report in all its forms.
  ///
  /// - Throws: `FileError`.
  func write(_ report: EvaluationReport) throws(FileError) {
    let texts = [
      ("report.json", report.json.text(.indented)), ("table.md", report.text(.markdown)),
      ("table.csv", report.csv), ("report.html", ReportPage(report).text),
    ]
    let chart = report.charts.first.map { [("over-evaluations.svg", $0.file)] } ?? []
    for (name, text) in texts + chart {
      try AtomicFile.write(Array((text + "\n").utf8), to: below(name))
    }
  }
}

extension Comparison.Cell {
  /// What its files are called: the label's letters, digits, points and pluses.
  var name: String {
    let kept = label.lowercased().map { character in
      character.isLetter || character.isNumber || ".+".contains(character) ? character : "-"
    }
    let words = String(kept).split(separator: "-").joined(separator: "-")
    return "\(words)-\(spacing.rawValue)-steps\(steps)"
  }
}
