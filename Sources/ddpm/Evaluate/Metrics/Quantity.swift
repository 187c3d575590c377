// A number of a cell: its key in files, how it is read off the results, and which way is better.

import Diffusion

/// One number that a metric has for each cell and, mostly, for real images.
struct Quantity: Sendable {
  /// What it is read from.
  enum Source: Sendable {
    /// How the images were drawn.
    case sampling(@Sendable (EvaluationReport.Cell) -> any Measured)
    /// The quality of the images and of real ones, which have the number too.
    case images(@Sendable (ImageQuality, _ floor: ImageQuality) -> (any Measured)?)
    /// The difference between the images and real ones, which have no such number themselves.
    case difference(@Sendable (ImageQuality, _ floor: ImageQuality) -> (any Measured)?)
  }

  /// Its name in `report.json` and `table.csv`.
  let key: String
  /// The same in words.
  var words: String { key.prefix(1).uppercased() + key.dropFirst().replacing("_", with: " ") }
  let source: Source
  /// Whether more or less is better, and how far from real images is bad; nil without colours.
  var scale: Heat.Scale?
  /// Its text in tables.
  var text: @Sendable (any Measured) -> String = { $0.text }

  /// The number of a cell; nil where it was not measured.
  ///
  /// - Parameter floor: the quality of real images.
  func value(of cell: EvaluationReport.Cell, floor: ImageQuality?) -> (any Measured)? {
    switch source {
    case .sampling(let read): return read(cell)
    case .images(let read), .difference(let read):
      guard let quality = cell.quality, let floor else { return nil }
      return read(quality, floor)
    }
  }

  /// A value as what is to be small: less of it is better.
  func loss(_ value: Double) -> Double {
    if case .more = scale { -value } else { value }
  }

  /// The number of real images; nil where they have none.
  func value(ofRealImages floor: ImageQuality?) -> (any Measured)? {
    if case .images(let read) = source { floor.flatMap { read($0, $0) } } else { nil }
  }

  /// How far a cell is from real images, from 0 to 1; nil where the difference may be chance, or where
  /// neither direction is better.
  func heat(of cell: EvaluationReport.Cell, floor: ImageQuality?) -> Double? {
    guard
      let scale, let number = value(of: cell, floor: floor),
      let real = value(ofRealImages: floor)
    else { return nil }
    return Heat.of(
      (number.value, number.error), realImages: (real.value, real.error), on: scale)
  }
}

/// A table of a metric with one row per sampler and one column per number of steps.
struct CellTable: Sendable {
  let title: String
  /// How to read it.
  let note: @Sendable (EvaluationReport.About) -> String
  /// The quantities of a cell, side by side.
  let quantities: [Quantity]
  /// The images whose numbers are given beside the title.
  var realImages = "real images"
  /// Whether this is the table of its metric to show for so many images.
  var isShown: @Sendable (_ floor: ImageQuality?) -> Bool = { _ in true }
  /// Why there may be no number, and what to do.
  var missing: Missing?

  /// What is said in place of numbers.
  struct Missing: Sendable {
    let title: String
    let note: @Sendable (_ floor: ImageQuality) -> String
  }
}
