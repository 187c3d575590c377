// What was evaluated, and how: the conditions under which the numbers hold.

import Diffusion
import Foundation

extension EvaluationReport {
  /// The model, the data and the settings of an evaluation.
  struct About {
    let model: String
    let parameters: Int
    let timesteps: Int
    /// What the network outputs.
    let prediction: Prediction
    /// The number of classes of a conditional model: its images take the classes in turn, and on the
    /// data it is conditioned on the labels.
    let classes: Int?
    /// The guidance that was asked for.
    let guidance: Guidance?
    /// The folder of the model that guides.
    let guide: String?
    let clipping: Clipping
    let spacings: [StepSpacing]
    let count: Int
    let data: String?
    let seed: UInt64
    let threads: Int
    let metrics: [Metric]
    /// The network whose features are compared.
    let features: FeatureArchitecture
    let leftOut: [EvaluationSubject.LeftOut]

    /// Which of a run's weights are evaluated.
    static let weights =
      "those of \(PipelineFolder.Name.weightsPath), in a run their moving average"
    /// Which samplers have two names.
    static let samplers =
      "DDIM at eta 1 is DDPM with the small variance, at hat DDPM with the large one"
  }
}

extension EvaluationReport.About {
  init(_ subject: EvaluationSubject, _ settings: EvaluateSettings) {
    let model = subject.model
    self.init(
      model: subject.path, parameters: model.parameterCount, timesteps: model.schedule.last.value,
      prediction: model.prediction, classes: model.classCount, guidance: subject.guidance,
      guide: settings.guidance.guide,
      clipping: model.clipping, spacings: settings.spacings, count: settings.count,
      data: subject.test?.name, seed: settings.seed, threads: threadCount(settings.threads),
      metrics: subject.metrics, features: settings.features, leftOut: subject.leftOut)
  }

  /// A subject and the text about it.
  typealias Line = (subject: String, text: String)

  /// What will be done.
  var lines: [Line] {
    [
      (
        "model",
        "\(model.printable): \(parameters) parameters, \(timesteps) timesteps, predicts"
          + " \(prediction.rawValue)" + (classes.map { ", \($0) classes" } ?? "")
      ),
      ("weights", Self.weights),
      ("samplers", Self.samplers),
      ("steps", "\(spacingNames) spacing, \(clippingText)\(guidanceText)"),
      ("data", data == nil ? "none" : "\(dataName), test split"),
      ("machine", "\(machine), seed \(seed)"),
    ]
  }

  /// The same for a terminal.
  var summary: [String] { lines.map(Self.plain) }

  /// The column in which texts begin.
  private static let indent = 10

  /// A line as a terminal shows it.
  static func plain(_ line: Line) -> String {
    let subject = line.subject.padding(toLength: indent, withPad: " ", startingAt: 0)
    let margin = "\n" + String(repeating: " ", count: indent)
    return subject + line.text.wrapped(to: ReportTable.widest - indent).joined(separator: margin)
  }

  var machine: String {
    "\(Platform.instructionSet) kernels, \(counted(threads, "thread"))"
  }

  var spacingNames: String { spacings.map(\.rawValue).joined(separator: ", ") }

  /// The column of steps, and that of spacings where there are several.
  var stepColumns: [Table.Column] {
    [.init("steps")] + (spacings.count > 1 ? [.init("spacing", .left)] : [])
  }

  func stepCells(_ steps: Int, _ spacing: StepSpacing) -> [ReportTable.Cell] {
    [.init("\(steps)")] + (spacings.count > 1 ? [.init(spacing.rawValue)] : [])
  }

  var dataName: String { data?.printable ?? "-" }

  /// Says that a conditional model is conditioned on the labels of the data.
  var givenLabels: String { classes == nil ? "" : " given their labels" }

  /// The guidance that moves anything: a weight of 0 is none.
  var effectiveGuidance: Guidance? { guidance.flatMap { $0.weight > 0 ? $0 : nil } }

  private var guidanceText: String {
    effectiveGuidance.map { ", guidance \($0.text(guide: guide))" } ?? ""
  }

  var clippingText: String {
    switch clipping {
    case .none: "estimates not clipped"
    case .toRange(let bound): "estimates clipped to ±\(bound.brief)"
    case .dynamic: "estimates thresholded: \(clipping.text)"
    }
  }

  /// What is noted in the file of a cell's picture.
  func text(_ cell: Comparison.Cell) -> [(key: String, value: String)] {
    Tool.text(model: model) + [
      ("sampler", cell.label), ("steps", "\(cell.steps)"),
    ] + ((cell.sampler as? DDIMSampler).map { [("eta", $0.eta.text)] } ?? []) + [
      ("spacing", cell.spacing.rawValue), ("seed", "\(seed)"),
    ]
  }
}

extension EvaluationReport {
  /// What was compared with what, as a key to the numbers.
  var conditions: [About.Line] {
    var lines = about.lines
    if let extractor = standard?.extractor {
      let accuracy = extractor.accuracy.map {
        ", which predicts the classes of \(decimals(100 * $0.mean, 1))% of the test images"
      }
      lines.append(
        (
          "extractor",
          "\(extractor.dimension) features of a \(about.features.rawValue) classifier trained on the training split's"
            + " labels\(accuracy ?? ""); not comparable with distances in other features"
        ))
    }
    lines.append(("count", countText))
    if standard != nil {
      lines.append(
        (
          "floor",
          "the same numbers for as many real training images as for the samples: no model is"
            + " expected to do better"
            + (about.classes == nil
              ? "" : ", but for its classes in turn, which are more even than theirs")
        ))
    }
    for gap in about.leftOut {
      lines.append(("left out", "\(gap.metrics.names): \(gap.reason)"))
    }
    return lines
  }

  private var countText: String {
    let compared = standard.map { ", \($0.floor.images) of them compared with as many test images" }
    return "\(counted(about.count, "image")) per cell, all from the same noise"
      + (about.classes == nil ? "" : ", classes in turn") + (compared ?? "")
  }
}
