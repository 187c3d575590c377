// What an evaluation found, before it is laid out as tables, as a page or as JSON.

import Diffusion

/// The results of `ddpm evaluate`; what was not measured is empty.
struct EvaluationReport {
  let about: About
  /// What the cells' numbers are read against.
  var standard: Standard?
  var cells: [Cell] = []
  /// The results that do not belong to cells, one section per metric.
  var sections: [Section] = []

  init(about: About) { self.about = about }

  /// A PNG.
  struct Picture {
    /// Its name in the report's folder.
    let name: String
    let bytes: [UInt8]
    let width: Int
    let height: Int
  }

  /// A sampler's images.
  struct Cell {
    /// The sampler's label.
    let sampler: String
    let spacing: StepSpacing
    let steps: Int
    let images: Int
    /// Evaluations of the network per image.
    let evaluations: Int
    let sampling: Sampling
    let quality: ImageQuality?
    let picture: Picture?

    var imagesPerSecond: Double {
      Double(images) / max(sampling.seconds, .leastNormalMagnitude)
    }

    var millisecondsPerImage: Double { 1000 * sampling.seconds / Double(images) }
  }

  /// How images were drawn.
  struct Sampling: Codable {
    let seconds: Double
    let clippedShare: Double
  }

  /// Results of one metric that do not belong to cells.
  struct Section {
    /// The heading on the page.
    let heading: String
    let table: ReportTable
    /// Pictures and bars beside the table, on the page.
    let figures: [HTML]
    /// The members in `report.json`.
    let members: [JSON.Member]
  }
}
