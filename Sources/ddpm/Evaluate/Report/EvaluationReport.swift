// What an evaluation found, before it is laid out as tables, as a page or as JSON.

import Diffusion

/// The results of `ddpm evaluate`; what was not measured is empty.
struct EvaluationReport {
  let about: About
  /// What the cells' numbers are read against.
  var standard: Standard?
  var cells: [Cell] = []
  /// One per spacing and number of steps.
  var reconstructions: [Reconstruction] = []
  /// One per spacing.
  var consistencies: [ConsistencyOfSpacing] = []
  /// One per variance.
  var likelihoods: [Likelihood] = []
  var loss: HeldOutLoss.Measurement?

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
    /// Runs of the network on each image.
    let evaluations: Int
    let sampling: Sampling
    let quality: ImageQuality?
    let picture: Picture?

    var imagesPerSecond: Double {
      Double(images) / max(sampling.seconds, .leastNormalMagnitude)
    }
  }

  /// How images were drawn.
  struct Sampling: Codable {
    let seconds: Double
    let clippedShare: Double
  }

  /// Images encoded and decoded.
  struct Reconstruction {
    let spacing: StepSpacing
    let steps: Int
    let images: Int
    let error: SampleMean
  }

  /// Images of the same noise in several numbers of steps.
  struct ConsistencyOfSpacing {
    let spacing: StepSpacing
    let found: Consistency
    let picture: Picture?
  }

  /// A picture of images and what became of them, one per spacing.
  var reconstructionPictures: [Picture] = []
}
