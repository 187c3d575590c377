// What an evaluation found, before it is laid out as tables or as JSON.

import Diffusion

/// The results of `ddpm evaluate`; what was not measured is empty.
struct EvaluationReport {
  let about: About
  var cells: [Cell] = []
  /// One a variance.
  var likelihoods: [Likelihood] = []
  var loss: Loss?

  init(about: About) { self.about = about }

  /// What was evaluated, and how.
  struct About {
    let model: String
    let parameters: Int
    let timesteps: Int
    /// Of a conditional model: its images are of one class after the other, and what is measured
    /// on the data is measured given the labels.
    let classes: Int?
    let clipping: Clipping
    let spacing: StepSpacing
    let count: Int
    let data: String?
    let seed: UInt64
    let threads: Int

    /// Which of a run's weights are evaluated.
    static let weights = "those of \(weightsFile), in a run their moving average"
    static let weightsFile = "unet/diffusion_pytorch_model.safetensors"
  }

  /// A sampler's images.
  struct Cell {
    let eta: Eta
    let sampler: String
    let steps: Int
    let images: Int
    let seconds: Double
    let imagesPerSecond: Double
    let clippedShare: Double
    /// The grid's name in the report's folder.
    let picture: String?

    init(_ result: Comparison.Result, picture: String?) {
      (eta, sampler, steps) = (result.cell.eta, result.cell.sampler, result.cell.steps)
      images = result.samples.images.count
      seconds = result.duration.seconds
      imagesPerSecond = result.imagesPerSecond
      clippedShare = result.samples.clippedShare
      self.picture = picture
    }

    /// Runs of the network on an image, over all images.
    var evaluations: Int { images * steps }
  }

  /// L_simple on held-out images.
  struct Loss {
    let mean: Double
    /// The mean in each range of timesteps, the least noisy first.
    let ranges: [(timesteps: ClosedRange<Int>, loss: Double)]

    /// In how many ranges the loss is told.
    static let usualBins = 10

    init(_ measured: HeldOutLoss.Measurement, timesteps: Int) {
      mean = measured.mean
      let count = measured.byTimestep.count
      ranges = measured.byTimestep.enumerated().map { bin, loss in
        (bin * timesteps / count + 1...(bin + 1) * timesteps / count, loss)
      }
    }
  }
}

extension EvaluationReport.About {
  /// What will be done, a line a subject.
  var summary: [String] {
    [
      "model     \(model.printable): \(parameters) parameters, \(timesteps) timesteps"
        + (classes.map { ", \($0) classes" } ?? ""),
      "weights   \(Self.weights)",
      "samplers  \(Self.samplers)",
      "steps     \(spacing.rawValue) spacing, \(clippingText)",
      "data      \(data == nil ? "none" : "\(dataName), test split")",
      "machine   \(Platform.instructionSet) kernels, \(threads) threads, seed \(seed)",
    ]
  }

  /// Which sampler an eta is.
  static let samplers = "eta 0 is DDIM, 1 DDPM with the small variance, hat with the large one"

  var dataName: String { data?.printable ?? "-" }

  /// What a conditional model is told of the images it is measured on.
  var givenLabels: String { classes == nil ? "" : " given their labels" }

  var clippingText: String {
    switch clipping {
    case .none: "estimates not clipped"
    case .toRange(let bound): "estimates clipped to ±\(bound.brief)"
    }
  }

  /// What a cell's picture tells about itself.
  func text(_ cell: Comparison.Cell) -> [(key: String, value: String)] {
    [
      ("Software", "ddpm \(Tool.version)"), ("model", model), ("sampler", cell.sampler),
      ("steps", "\(cell.steps)"), ("eta", cell.eta.text), ("spacing", spacing.rawValue),
      ("seed", "\(seed)"),
    ]
  }
}
