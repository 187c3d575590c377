// Pictures of several sets of images, one row per set.

import Diffusion

extension EvaluationSession {
  /// Images of a picture's row.
  private static let rowCount = 16

  func list(_ steps: [Int]) -> String { steps.map(String.init).joined(separator: ", ") }

  /// Draws the first images of several sets, one row per set.
  ///
  /// - Throws: `FileError`.
  func draw(
    _ rows: [ByteImages], _ name: String, _ title: String, _ spacing: StepSpacing
  ) throws(FileError) -> EvaluationReport.Picture? {
    let columns = rows.map(\.count).min().map { min(Self.rowCount, $0) } ?? 0
    guard let size = rows.first?.size, columns > 0 else { return nil }
    let images = ByteImages(size: size, pixels: rows.flatMap { $0[0..<columns].pixels })
    let scale = OutputFile.scale(for: size, count: images.count)
    let grid = images.grid(columns: columns, scale: scale)
    return try folder.draw(
      grid, name,
      text: Tool.text(model: about.model) + [
        ("title", title), ("spacing", spacing.rawValue), ("seed", "\(about.seed)"),
      ])
  }
}
