// What an evaluation found, before it is laid out as tables, as a page or as JSON.

import Diffusion

/// The results of `ddpm evaluate`; what was not measured is empty.
struct EvaluationReport {
  let about: About
  /// What the cells' numbers are read against.
  var standard: CellJudge.Standard?
  var cells: [Cell] = []
  /// One a spacing and number of steps.
  var reconstructions: [Reconstruction] = []
  /// One a spacing.
  var consistencies: [Consistency] = []
  var bits: Bits?
  var loss: Loss?

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
    let quality: Quality?
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
    let error: Measured
  }

  /// Images of the same noise in several numbers of steps.
  struct Consistency {
    let spacing: StepSpacing
    let rows: [Row]
    /// The distance of unrelated images.
    let unrelated: Measured?
    let picture: Picture?

    struct Row: Codable {
      let steps: Int
      let distance: Measured
      let sameClass: Measured?
    }
  }

  /// A picture of images and what became of them, a spacing each.
  var reconstructionPictures: [Picture] = []
}

extension EvaluationReport {
  /// What images cost in bits.
  struct Bits: Codable {
    /// One a variance.
    let terms: [Terms]
    /// What the decoder would cost if the estimate were the image itself.
    let decoderFloor: Double
    /// σ_0, the decoder's deviation, in pixel values of [-1, 1].
    let decoderDeviation: Double

    struct Terms: Codable {
      let variance: String
      let images: Int
      let prior: Measured
      let middle: Measured
      let octaves: [Octave]
      let decoder: Measured
      let total: Measured
    }

    struct Octave: Codable {
      let first: Int
      let last: Int
      let bits: Measured
    }
  }

  /// L_simple on held-out images.
  struct Loss: Codable {
    let mean: Double
    /// The mean in each range of timesteps, the least noisy first.
    let ranges: [Range]

    struct Range: Codable {
      let first: Int
      let last: Int
      let loss: Double
    }

    /// In how many ranges the loss is told.
    static let usualBins = 10

    init(_ measured: HeldOutLoss.Measurement, timesteps: Int) {
      mean = measured.mean
      let count = measured.byTimestep.count
      ranges = measured.byTimestep.enumerated().map { bin, loss in
        Range(
          first: bin * timesteps / count + 1, last: (bin + 1) * timesteps / count, loss: loss)
      }
    }
  }
}

extension EvaluationReport.Bits.Terms {
  init(_ likelihood: Likelihood) {
    self.init(
      variance: likelihood.variance.rawValue, images: likelihood.images,
      prior: Measured(likelihood.prior), middle: Measured(likelihood.middle),
      octaves: likelihood.octaves.map {
        .init(
          first: $0.timesteps.lowerBound.value, last: $0.timesteps.upperBound.value,
          bits: Measured($0.bits))
      },
      decoder: Measured(likelihood.decoder), total: Measured(likelihood.total))
  }
}
