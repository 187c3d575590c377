// Where an evaluation's report goes: a picture a cell, the numbers, the tables.

import Diffusion
import Foundation

/// The folder of a report.
struct EvaluationFolder {
  let path: String

  /// Images of a grid.
  static let gridCount = 64

  init(_ path: String) { self.path = path }

  private func below(_ name: String) -> String { URL(filePath: path).appending(path: name).path }

  /// Draws the first images of a cell.
  ///
  /// - Parameters:
  ///   - rows: of the grid, which is then filled column by column; nil for a square one.
  ///   - text: what the picture tells about itself.
  /// - Returns: the picture's name, nil for images whose channels are no colours.
  /// - Throws: `FileError`.
  func draw(
    _ result: Comparison.Result, rows: Int?, text: [(key: String, value: String)]
  ) throws(FileError) -> String? {
    let images = ByteImages(result.samples.images)
    let shown = images[0..<min(EvaluationFolder.gridCount, images.count)]
    let scale = OutputFile.scale(for: images.size)
    let grid = rows.map { shown.grid(rows: $0, scale: scale) } ?? shown.grid(scale: scale)
    let bytes: [UInt8]
    do { bytes = try PNG.encode(grid, text: text) } catch { return nil }
    let name = result.cell.fileName
    try AtomicFile.write(bytes, to: below(name))
    return name
  }

  /// Writes `report.json` and `table.md`.
  ///
  /// - Throws: `FileError`.
  func write(_ report: EvaluationReport) throws(FileError) {
    try AtomicFile.write(Array((report.json.text(.indented) + "\n").utf8), to: below("report.json"))
    try AtomicFile.write(Array((report.text(.markdown) + "\n").utf8), to: below("table.md"))
  }
}

extension Comparison.Cell {
  /// How many steps the cell's sampler takes.
  var steps: Int { plan.steps.count }

  /// The sampler in words.
  var sampler: String {
    switch eta {
    case .value(1): "DDPM, small variance"
    case .value: "DDIM"
    case .hat: "DDPM, large variance"
    }
  }

  fileprivate var fileName: String {
    switch eta {
    case .value: "ddim-eta\(eta.text)-steps\(steps).png"
    case .hat: "hat-steps\(steps).png"
    }
  }
}
